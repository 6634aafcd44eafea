import { hasErrors } from '../diagnostic/diagnostic.ts'
import { toCatalog } from '../live/resolve-one.ts'
import type { HostName } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import type { Assignment } from '../resolve/assignment.ts'
import { resolveHost } from '../resolve/resolve-host.ts'
import { readRecords } from '../source/gather.ts'
import type { Source } from '../source/source.ts'

/** All lists of a site in memory, and the CPU time of resolving them, without reading, in milliseconds. */
export type ResolvedSite = {
  readonly lists: ReadonlyMap<string, readonly ClassName[]>
  readonly resolveCpuMs: number
}

/** Reads what the sources say of each host, then resolves them all; any error is thrown. For benchmarks and their tests. */
export const resolveHosts = async (
  sources: readonly Source[],
  hosts: readonly HostName[],
): Promise<ResolvedSite> => {
  const { signal } = new AbortController()
  const wholes = await Promise.all(sources.map(source => source.readWhole(signal)))
  const read = wholes.flatMap(({ value }) => value ?? [])
  if (read.length < sources.length)
    throw new Error(wholes.flatMap(({ diagnostics }) => diagnostics)[0]?.message)
  const assignments: Assignment[] = []
  for (const host of hosts) {
    const { value, diagnostics } = await readRecords(
      read.map(({ source }) => source),
      host,
      signal,
    )
    if (value === undefined || hasErrors(diagnostics)) throw new Error(diagnostics[0]?.message)
    const options = { hostClass: 'short', unknownClass: 'warn' } as const
    assignments.push({ host, records: value, facts: [], added: [], options })
  }
  const catalog = toCatalog(read.flatMap(({ definitions }) => definitions))
  const knowledge = { catalog, anyDefinition: true, configSpaceClasses: new Set<string>() }
  const lists = new Map<string, readonly ClassName[]>()
  const start = process.cpuUsage()
  for (const assignment of assignments) {
    const { value, diagnostics } = resolveHost(assignment, knowledge)
    if (value === undefined) throw new Error(diagnostics[0]?.message)
    lists.set(assignment.host.short, value.classes)
  }
  const { user, system } = process.cpuUsage(start)
  return { lists, resolveCpuMs: (user + system) / 1000 }
}
