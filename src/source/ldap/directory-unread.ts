import { type Diagnostic, warningAt } from '../../diagnostic/diagnostic.ts'
import type { Place } from '../../model/catalog.ts'
import type { IsRead, Unread } from '../source.ts'
import { type Directory, ofClass, or } from './directory.ts'
import { GROUP_ATTRIBUTES, GROUP_CLASSES, orderGroupEntries } from './directory-group.ts'
import { FAI_HOSTS, HOST_ATTRIBUTES, hostFilter, isHostEntry, selectHostEntry } from './directory-host.ts'
import { nameOf } from './directory-names.ts'
import { netgroupFaults } from './directory-netgroup.ts'
import { placeOf } from './directory-place.ts'
import { ancestorOf, compareDns, type Dn } from './dn.ts'
import { type Entry, hasObjectClass } from './entry.ts'

/**
 * Every entry that says classes or variables and that no host reads: OUs without hosts, groups
 * that hold none, entries that are neither. Entries of hosts stand in the way of each other.
 */
export const unreadInDirectory = async (
  directory: Directory,
  base: Dn,
  isRead: IsRead,
  signal: AbortSignal,
): Promise<Unread> => {
  const present = (attribute: string) => ({ kind: 'present', attribute }) as const
  const saying = or(present('faiMembership'), present('faiVariableSetting'))
  const [entries, candidates] = await Promise.all([
    directory.find(saying, [...HOST_ATTRIBUTES, ...GROUP_ATTRIBUTES], signal),
    directory.find(ofClass(FAI_HOSTS.classes), HOST_ATTRIBUTES, signal),
  ])
  const unread = entries.filter(({ dn }) => !KINDS.some(kind => isRead({ kind, name: dn.text })))
  unread.sort((a, b) => compareDns(a.dn, b.dn))
  const aboveHosts = namesAbove(candidates.filter(isNamedHost), base)
  const reasons = await Promise.all(unread.map(entry => whyUnread(directory, entry, aboveHosts, signal)))
  const places = unread.map(entry => placeOf(isGroup(entry) ? 'group' : 'path', entry))
  const groups = unread.filter(isGroup)
  return {
    places: places.map(({ value }) => value),
    diagnostics: [
      ...unread.flatMap((_, index) => [...(reasons[index] ?? []), ...(places[index]?.diagnostics ?? [])]),
      ...orderGroupEntries(groups).diagnostics,
      ...groups.flatMap(netgroupFaults),
    ],
  }
}

const KINDS: readonly Place['kind'][] = ['path', 'group', 'host']

const isGroup = (entry: Entry): boolean => hasObjectClass(entry, GROUP_CLASSES)

const isNamedHost = (entry: Entry): boolean => isHostEntry(entry) && nameOf(entry) !== undefined

/** Normalized names of all entries above one of these, the base included. */
const namesAbove = (entries: readonly Entry[], base: Dn): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const { dn } of entries)
    for (let depth = dn.rdns.length - 1; depth >= base.rdns.length; depth--) {
      const above = ancestorOf(dn, depth).normal
      if (names.has(above)) break
      names.add(above)
    }
  return names
}

/**
 * First row that applies:
 *
 *     group                           holds no host
 *     host entries stand below it     nothing: what is wrong with them is said of them
 *     host entry, chosen for its host nothing: the same
 *     host entry, one of equals       `host-ambiguous`
 *     host entry, not chosen          another entry stands for the host
 *     host entry without a name       nothing: that is `name-invalid`
 *     anything else                   neither host nor group, and nothing below it
 */
const whyUnread = async (
  directory: Directory,
  entry: Entry,
  aboveHosts: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> => {
  const unread = (why: string): readonly Diagnostic[] => [
    warningAt('place-unread', `no host reads this: ${why}`, entry.origin),
  ]
  if (isGroup(entry)) return unread('the group holds no host that a source knows')
  if (aboveHosts.has(entry.dn.normal)) return []
  if (!isHostEntry(entry)) return unread('it is neither a host nor a group, and no host stands below it')
  const name = nameOf(entry)
  if (name === undefined) return []
  const equals = await directory.find(hostFilter(name), HOST_ATTRIBUTES, signal)
  // As in the list of all hosts, a short name is one of the full names that begin with it.
  const full = equals.map(nameOf).find(other => other?.fqdn !== undefined && other.short === name.short)
  const { value: chosen, diagnostics } = selectHostEntry(
    equals,
    name.fqdn === undefined ? (full ?? name) : name,
  )
  if (chosen === undefined || chosen.dn.normal === entry.dn.normal) return diagnostics
  return unread(`${chosen.dn.text} stands for the host ${name.fqdn ?? name.short}`)
}
