import { errorAt, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { HostName, HostRecord } from '../../model/catalog.ts'
import { type Dialect, NO_DEFINITIONS } from './dialect.ts'
import { addressesOf } from './dialect-fai-classes.ts'
import { and, type Directory, equal } from './directory.ts'
import { HOST_ATTRIBUTES, type HostKind, hostFilter, selectHostEntry } from './directory-host.ts'
import type { Read } from './directory-place.ts'
import { compareDns } from './dn.ts'
import { type Entry, hasObjectClass, textsOf } from './entry.ts'
import { argonautClasses, type Consumer, gosaClasses, readClassList } from './fai-schema-list.ts'

/** An entry that FAI is to install; a group of them is none. */
const HOSTS: HostKind = { classes: new Set(['faiobject']), others: new Set(['gosagroupofnames']) }
const GROUP = 'gosaGroupOfNames'
const PROFILE = 'FAIprofile'
const ATTRIBUTES = [...HOST_ATTRIBUTES, 'FAIclass', 'FAIstate', 'gosaGroupObjects', 'member'] as const

/**
 * Hosts of `fai.schema` as one of its consumers reads them. The list of the consumer, with its
 * profiles put in, becomes the membership of the host.
 */
const dialectOf = (consumer: Consumer): Dialect => ({
  hosts: HOSTS,
  mayLeaveUnknown: true,
  wholeClasses: ['FAIobject', GROUP, PROFILE],
  wholeAttributes: ATTRIBUTES,
  readHost: (directory, _base, host, signal) => readHost(consumer, directory, host, signal),
  ...NO_DEFINITIONS,
})

const readHost = async (
  consumer: Consumer,
  directory: Directory,
  host: HostName,
  signal: AbortSignal,
): Promise<Outcome<HostRecord>> => {
  const [candidates, profiles] = await Promise.all([
    directory.find(hostFilter(host, HOSTS), ATTRIBUTES, signal),
    directory.find(equal('objectClass', PROFILE), ATTRIBUTES, signal),
  ])
  const { value: entry, diagnostics } = selectHostEntry(candidates, host, HOSTS)
  if (diagnostics.length > 0) return { value: undefined, diagnostics }
  if (entry === undefined) return { value: { known: false, places: [], addresses: [] }, diagnostics }
  const bearer = await findBearer(directory, entry, signal)
  if (bearer.diagnostics.length > 0) return { value: undefined, diagnostics: bearer.diagnostics }
  const addresses = addressesOf(entry)
  // The consumer would not install it, so this entry alone makes no host known.
  if (bearer.value === undefined) return { value: { known: false, places: [], addresses }, diagnostics: [] }
  const list = readClassList(consumer, bearer.value, profiles, host, entry.dn)
  const place = {
    kind: bearer.value === entry ? ('host' as const) : ('group' as const),
    name: bearer.value.dn.text,
    memberships: list.value,
    variables: [],
  }
  return { value: { known: true, places: [place], addresses }, diagnostics: list.diagnostics }
}

/**
 * The entry whose `FAIclass` counts, first row that applies:
 *
 *     the host has one            the host
 *     one group that holds it     that group
 *     several such groups         error `host-ambiguous`, nothing is merged
 *     no such group               none
 */
const findBearer = async (
  directory: Directory,
  host: Entry,
  signal: AbortSignal,
): Promise<Read<Entry | undefined>> => {
  if (textsOf(host, 'FAIclass').length > 0) return { value: host, diagnostics: [] }
  const filter = and(equal('objectClass', GROUP), equal('member', host.dn.text))
  const groups = [...(await directory.find(filter, ATTRIBUTES, signal))].filter(isFaiGroup)
  const [first, ...others] = groups.sort((a, b) => compareDns(a.dn, b.dn))
  if (first === undefined || others.length === 0) return { value: first, diagnostics: [] }
  const message = `${host.dn.text} has no FAIclass and is in ${1 + others.length} groups that may give it one`
  const related = others.map(({ origin }) => origin)
  return { value: undefined, diagnostics: [errorAt('host-ambiguous', message, first.origin, related)] }
}

const isFaiGroup = (entry: Entry): boolean =>
  hasObjectClass(entry, HOSTS.classes) &&
  textsOf(entry, 'gosaGroupObjects').some(text => /^\[.*\]$/s.test(text))

/** `fai.schema` as argonaut-ldap2fai reads it. */
export const ARGONAUT: Dialect = dialectOf(argonautClasses)

/** `fai.schema` as the ldap2fai of go-susi reads it. */
export const GOSA: Dialect = dialectOf(gosaClasses)
