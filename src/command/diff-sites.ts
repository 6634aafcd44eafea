import { withoutUnknownWarnings } from '../live/resolve-one.ts'
import type { ClassName } from '../model/class-name.ts'
import { collectFindings, type Finding } from '../resolve/findings.ts'
import { type HostChange, toHostChange } from '../resolve/host-change.ts'
import { nameOf } from '../source/order.ts'
import { resolveHosts, type WholeSite } from './whole-site.ts'

/** The lists of a site by host, undefined for a host without one, and the errors that stand against them. */
export type SiteLists = {
  readonly lists: ReadonlyMap<string, readonly ClassName[] | undefined>
  readonly findings: readonly Finding[]
}

/** Resolves every host of a site. */
export const listSite = async (site: WholeSite, signal: AbortSignal): Promise<SiteLists> => {
  const lists = new Map<string, readonly ClassName[] | undefined>()
  const findings = collectFindings()
  for await (const { host, resolved } of resolveHosts(withoutUnknownWarnings(site), signal)) {
    lists.set(nameOf(host), resolved.value?.classes)
    if (resolved.value === undefined)
      findings.add(
        resolved.diagnostics.filter(({ severity }) => severity === 'error'),
        nameOf(host),
      )
  }
  return { lists, findings: findings.list() }
}

/** Hosts whose lists differ, in the order of their names. Pure. */
export const diffLists = (before: SiteLists['lists'], after: SiteLists['lists']): readonly HostChange[] =>
  [...new Set([...before.keys(), ...after.keys()])].sort().flatMap(host => {
    const change = toHostChange(
      host,
      before.has(host) ? { list: before.get(host) } : undefined,
      after.has(host) ? { list: after.get(host) } : undefined,
    )
    return change === undefined ? [] : [change]
  })
