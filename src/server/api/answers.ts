import { type Catalog, type ClassDefinition, definitionsOf } from '../../model/catalog.ts'
import type { ClassListOf, ClassLists, SourceStanding } from '../../model/class-lists.ts'
import type { ClassName } from '../../model/class-name.ts'
import { type Condition, isConditionTrue } from '../../model/condition.ts'
import type { HistoryStanding } from '../../model/list-history.ts'

/** What is told of hosts and classes, as plain data. Pure. */

/** One host of a page. */
export const hostAnswer = ({ host, name, classes, sinceMs, faults }: ClassListOf): object => ({
  host: host.short,
  fqdn: name,
  ...(classes === undefined ? {} : { classes, since: new Date(sinceMs).toISOString() }),
  faults,
})

/** Which hosts are wanted. */
export type HostsQuery = {
  readonly classNames: readonly ClassName[]
  readonly where: Condition | undefined
  /** Names after this one. */
  readonly after: string
  readonly limit: number
}

/** Hosts by their names; `next` is for the page behind this one, where there is one. */
export const hostsAnswer = (
  names: readonly string[],
  lists: Pick<ClassLists, 'find'>,
  query: HostsQuery,
): object => {
  const found: ClassListOf[] = []
  for (const name of names) {
    if (name <= query.after) continue
    const list = lists.find(name)
    if (list === undefined || !holds(list, query)) continue
    if (found.length === query.limit) return { hosts: found.map(hostAnswer), next: found.at(-1)?.name }
    found.push(list)
  }
  return { hosts: found.map(hostAnswer) }
}

const holds = ({ classes = [] }: ClassListOf, { classNames, where }: HostsQuery): boolean => {
  if (classNames.length === 0 && where === undefined) return true
  const list = new Set(classes)
  return (
    classNames.every(name => list.has(name)) &&
    (where === undefined || isConditionTrue(where, name => list.has(name)))
  )
}

/** Names of the classes that are defined. */
export const classesAnswer = (catalog: Catalog): object => ({
  classes: [...new Set([...catalog.values()].flat().map(({ name }) => name))].sort(),
})

/** What a class asks for, and who has it; undefined where it is nothing to anybody. */
export const classAnswer = (name: ClassName, catalog: Catalog, lists: ClassLists): object | undefined => {
  const definitions = definitionsOf(catalog, name)
  const hosts = lists.hostsOf(name)
  if (definitions.length === 0 && hosts.length === 0) return undefined
  return { class: name, definitions: definitions.map(definitionAnswer), hosts }
}

const definitionAnswer = ({
  requires,
  after,
  conflicts,
  variables,
  description,
  origin,
}: ClassDefinition): object => {
  const texts = (strings: ClassDefinition['requires']) =>
    strings.map(({ weight, rest }) => `${weight} ${rest}`)
  return {
    requires: texts(requires),
    after: texts(after),
    conflicts: texts(conflicts),
    variables: Object.fromEntries(variables.map(variable => [variable.name, variable.value])),
    ...(description === undefined ? {} : { description }),
    origin,
  }
}

/** Whether every source was read at least once. */
export const isReady = (standings: readonly SourceStanding[]): boolean =>
  standings.every(({ phase }) => phase !== 'loading')

/** How sources, lists and history stand. */
export const healthAnswer = (
  standings: readonly SourceStanding[],
  faultyHosts: number,
  history: HistoryStanding | undefined,
  nowMs: number,
): object => ({
  ready: isReady(standings),
  whole:
    standings.every(({ phase }) => phase === 'current') && faultyHosts === 0 && history?.phase !== 'behind',
  faultyHosts,
  sources: standings.map(({ confirmedAtMs, ...standing }) => ({
    ...standing,
    ...(confirmedAtMs === undefined
      ? {}
      : { ageSeconds: Math.max(0, Math.floor((nowMs - confirmedAtMs) / 1000)) }),
  })),
  ...(history === undefined ? {} : { history }),
})
