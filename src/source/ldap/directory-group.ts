import { type Diagnostic, errorAt, warningAt } from '../../diagnostic/diagnostic.ts'
import type { HostName } from '../../model/catalog.ts'
import { and, type Directory, equal, type Filter, inBatches, MAX_NESTING, ofClass, or } from './directory.ts'
import { orderGroups } from './directory-group-order.ts'
import { memberDn } from './directory-memory.ts'
import { innerNetgroups, netgroupNames, netgroupsHolding } from './directory-netgroup.ts'
import { PLACE_ATTRIBUTES, type Read } from './directory-place.ts'
import { compareDns, type Dn } from './dn.ts'
import { type Entry, originOf } from './entry.ts'

/**
 * All groups that hold the host, directly or through groups, in the order in
 * which they are read. `netgroups` are all there are: no server can search
 * their triples, which have no equality in the schema of RFC 2307.
 */
export const readGroups = async (
  directory: Directory,
  host: HostName,
  hostDn: Dn | undefined,
  netgroups: readonly Entry[],
  signal: AbortSignal,
): Promise<Read<readonly Entry[]>> => {
  const holding = netgroupsHolding(netgroups, host)
  const found = new Map(holding.value.map(entry => [entry.dn.normal, entry]))
  let members = [...holding.value.map(({ dn }) => dn), ...(hostDn === undefined ? [] : [hostDn])]
  // One round of questions for each level of nesting.
  for (let level = 1; members.length > 0; level++) {
    const filters = inBatches(members, containersOf)
    const answers = await Promise.all(filters.map(filter => directory.find(filter, GROUP_ATTRIBUTES, signal)))
    const fresh = new Map(
      answers.flat().flatMap(entry => (found.has(entry.dn.normal) ? [] : [[entry.dn.normal, entry]])),
    )
    const [first] = fresh.values()
    if (first !== undefined && level > MAX_NESTING) {
      const message = `groups hold each other over more than ${MAX_NESTING} levels`
      return { value: [], diagnostics: [errorAt('group-too-deep', message, first.origin)] }
    }
    for (const [normal, entry] of fresh) found.set(normal, entry)
    members = [...fresh.values()].map(({ dn }) => dn)
  }
  const ordered = orderGroupEntries([...found.values()])
  return { value: ordered.value, diagnostics: [...holding.diagnostics, ...ordered.diagnostics] }
}

/** Containing groups before contained ones, otherwise by DN; cycles are the warning `group-cycle`. Pure. */
export const orderGroupEntries = (entries: readonly Entry[]): Read<readonly Entry[]> => {
  const groups = [...entries].sort((a, b) => compareDns(a.dn, b.dn))
  const { order, cycles } = orderGroups(containment(groups))
  const warnings = cycles.flatMap(cycle => {
    const [first, ...others] = cycle.flatMap(index => groups[index] ?? [])
    if (first === undefined) return []
    const names = [first, ...others].map(({ dn }) => dn.text).join(' and ')
    const message = others.length === 0 ? `group ${names} holds itself` : `groups ${names} hold each other`
    return [
      warningAt(
        'group-cycle',
        message,
        first.origin,
        others.map(({ origin }) => origin),
      ),
    ]
  })
  return {
    value: order.flatMap(index => groups[index] ?? []),
    diagnostics: [...warnings, ...groups.flatMap(findTooLong)],
  }
}

/** What finds all netgroups. */
export const NETGROUPS: Filter = equal('objectClass', 'nisNetgroup')

/** What has to be read of a group or netgroup. */
export const GROUP_ATTRIBUTES = [
  'objectClass',
  'cn',
  'member',
  'uniqueMember',
  'nisNetgroupTriple',
  'memberNisNetgroup',
  ...PLACE_ATTRIBUTES,
] as const

const containersOf = (members: readonly Dn[]): Filter =>
  and(
    ofClass(['groupOfNames', 'groupOfUniqueNames']),
    or(...members.flatMap(({ text }) => [equal('member', text), equal('uniqueMember', text)])),
  )

/** For each group the indexes of those that it holds directly. */
const containment = (groups: readonly Entry[]): readonly (readonly number[])[] => {
  const byNetgroup = Map.groupBy(
    groups.flatMap((group, index) =>
      isNetgroup(group) ? netgroupNames(group).map(name => ({ name, index })) : [],
    ),
    ({ name }) => name,
  )
  const byDn = new Map(groups.map(({ dn }, index) => [dn.normal, index]))
  return groups.map(group => {
    const named = isNetgroup(group) ? innerNetgroups(group) : []
    const members = memberNames(group)
    const inner = [
      ...named.flatMap(name => byNetgroup.get(name)?.map(({ index }) => index) ?? []),
      ...indexesOf(members, byDn),
    ]
    return [...new Set(inner)].sort((a, b) => a - b)
  })
}

/** Whichever are fewer are gone through: groups that hold the host, or members of one of them. */
const indexesOf = (members: ReadonlySet<string>, byDn: ReadonlyMap<string, number>): readonly number[] =>
  members.size < byDn.size
    ? [...members].flatMap(member => byDn.get(member) ?? [])
    : [...byDn].flatMap(([dn, index]) => (members.has(dn) ? index : []))

/** Normalized DNs of the members, kept with the entry: a file is asked about one host after the other. */
const memberNames = (group: Entry): ReadonlySet<string> => {
  const known = MEMBER_NAMES.get(group)
  if (known !== undefined) return known
  const parents = new Map<string, Dn>()
  const dns = ['member', 'uniquemember'].flatMap(attribute => group.attributes.get(attribute) ?? [])
  const names = new Set(dns.flatMap(({ text }) => memberDn(text, parents)?.normal ?? []))
  MEMBER_NAMES.set(group, names)
  return names
}

const MEMBER_NAMES = new WeakMap<Entry, ReadonlySet<string>>()

/** Object classes of groups, folded. */
export const GROUP_CLASSES: ReadonlySet<string> = new Set([
  'groupofnames',
  'groupofuniquenames',
  'nisnetgroup',
])

const isNetgroup = (entry: Entry): boolean =>
  (entry.attributes.get('objectclass') ?? []).some(({ text }) => text.toLowerCase() === 'nisnetgroup')

const findTooLong = (group: Entry): readonly Diagnostic[] =>
  LISTS.flatMap(attribute => {
    const count = group.attributes.get(attribute.toLowerCase())?.length ?? 0
    if (count <= MAX_MEMBERS) return []
    const message = `${attribute} has more than ${MAX_MEMBERS} values (found ${count})`
    return [errorAt('member-list-too-long', message, originOf(group, attribute))]
  })

const LISTS = ['member', 'uniqueMember', 'nisNetgroupTriple', 'memberNisNetgroup'] as const
/** Members of a group at most (contract, section 3.8). */
export const MAX_MEMBERS = 100_000
