import { withoutUnknownWarnings } from '../live/resolve-one.ts'
import type { ClassName } from '../model/class-name.ts'
import { compareLists, formatChange, type ListChange } from '../resolve/compare-lists.ts'
import { collectFindings, type Finding } from '../resolve/findings.ts'
import { nameOf } from '../source/order.ts'
import { resolveHosts, type WholeSite } from './whole-site.ts'

/** The lists of a site by host, undefined for a host without one, and the errors that stand against them. */
export type SiteLists = {
  readonly lists: ReadonlyMap<string, readonly ClassName[] | undefined>
  readonly findings: readonly Finding[]
}

/** What happens to one host; `fqdn` is the short name where no source knows a domain. */
export type HostChange = { readonly fqdn: string } & (
  | { readonly change: 'new' | 'repaired'; readonly after: readonly ClassName[] }
  | { readonly change: 'gone' | 'broken'; readonly before: readonly ClassName[] }
  /** New or gone, and without a list because of an error. */
  | { readonly change: 'new-without-list' | 'gone-without-list' }
  | ({
      readonly change: 'changed'
      readonly before: readonly ClassName[]
      readonly after: readonly ClassName[]
    } & ListChange)
)

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
    const change = changeOf(
      before.has(host) ? { list: before.get(host) } : undefined,
      after.has(host) ? { list: after.get(host) } : undefined,
    )
    return change === undefined ? [] : [{ fqdn: host, ...change }]
  })

type Side = { readonly list: readonly ClassName[] | undefined } | undefined
type Change<T = HostChange> = T extends unknown ? Omit<T, 'fqdn'> : never

/**
 *     before   after    change
 *     -        list     new
 *     -        error    new-without-list
 *     list     -        gone
 *     error    -        gone-without-list
 *     list     error    broken
 *     error    list     repaired
 *     error    error    none; the errors are told
 *     list     list     changed, or none
 */
const changeOf = (before: Side, after: Side): Change | undefined => {
  if (before === undefined)
    return after?.list === undefined ? { change: 'new-without-list' } : { change: 'new', after: after.list }
  if (after === undefined)
    return before.list === undefined
      ? { change: 'gone-without-list' }
      : { change: 'gone', before: before.list }
  if (after.list === undefined)
    return before.list === undefined ? undefined : { change: 'broken', before: before.list }
  if (before.list === undefined) return { change: 'repaired', after: after.list }
  const change = compareLists(before.list, after.list)
  return change && { change: 'changed', before: before.list, after: after.list, ...change }
}

/** A change as one line for people. Pure. */
export const formatHostChange = (change: HostChange): string => {
  switch (change.change) {
    case 'new':
      return `${change.fqdn}: new: ${change.after.join(' ')}`
    case 'repaired':
      return `${change.fqdn}: has a list again: ${change.after.join(' ')}`
    case 'gone':
    case 'gone-without-list':
      return `${change.fqdn}: gone`
    case 'broken':
      return `${change.fqdn}: has no list any more`
    case 'new-without-list':
      return `${change.fqdn}: new, without a list`
    case 'changed':
      return `${change.fqdn}: ${formatChange(change)}`
  }
}
