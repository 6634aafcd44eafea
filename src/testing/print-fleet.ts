import { hasErrors } from '../diagnostic/diagnostic.ts'
import { toCatalog } from '../live/resolve-one.ts'
import type { Assignment } from '../resolve/assignment.ts'
import { resolveHost } from '../resolve/resolve-host.ts'
import { readRecords } from '../source/gather.ts'
import { ldifSource } from '../source/ldap/ldif-source.ts'
import { zonefileSource } from '../source/zone/zonefile-source.ts'

// print-fleet ZONE-FILE LDIF: reads both as a whole, resolves every host, and prints what that took as JSON.

const [zonePath = '', ldifPath = ''] = process.argv.slice(2)
const { signal } = new AbortController()
const seconds = (since: number): number => (performance.now() - since) / 1000

const start = performance.now()
const sources = [
  zonefileSource({ zone: 'example.test', path: zonePath }),
  ldifSource({ base: 'dc=example,dc=test', path: ldifPath }),
]
const read = await Promise.all(sources.map(source => source.readWhole(signal)))
const wholes = read.map(({ value, diagnostics }) => {
  if (value === undefined || hasErrors(diagnostics)) throw new Error(diagnostics[0]?.message)
  return value
})
const knowledge = {
  catalog: toCatalog(wholes.flatMap(({ definitions }) => definitions)),
  anyDefinition: true,
  configSpaceClasses: new Set<string>(),
}
const wholeSeconds = seconds(start)

const recordsStart = performance.now()
const assignments: Assignment[] = []
for (const host of wholes[0]?.hosts ?? []) {
  const { value = [] } = await readRecords(
    wholes.map(({ source }) => source),
    host,
    signal,
  )
  const options = { hostClass: 'short', unknownClass: 'warn' } as const
  assignments.push({ host, records: value, facts: [], added: [], options })
}
const recordsSeconds = seconds(recordsStart)

const resolveStart = performance.now()
let classes = 0
for (const assignment of assignments) {
  const { value, diagnostics } = resolveHost(assignment, knowledge)
  if (value === undefined) throw new Error(diagnostics[0]?.message)
  classes += value.classes.length
}
const resolveSeconds = seconds(resolveStart)
const peakMiB = process.resourceUsage().maxRSS / 1024
process.stdout.write(
  JSON.stringify({
    hosts: assignments.length,
    classes,
    wholeSeconds,
    recordsSeconds,
    resolveSeconds,
    peakMiB,
  }),
)
