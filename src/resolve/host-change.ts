import type { ClassName } from '../model/class-name.ts'
import { compareLists, formatChange, type ListChange } from './compare-lists.ts'

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

/** What there is of a host; undefined where there is no such host. */
export type HostSide = { readonly list: readonly ClassName[] | undefined } | undefined

type Change<T = HostChange> = T extends unknown ? Omit<T, 'fqdn'> : never

/** What becomes of a host of that name; undefined where nothing does. Pure. */
export const toHostChange = (fqdn: string, before: HostSide, after: HostSide): HostChange | undefined => {
  const change = changeOf(before, after)
  return change && { fqdn, ...change }
}

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
const changeOf = (before: HostSide, after: HostSide): Change | undefined => {
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
