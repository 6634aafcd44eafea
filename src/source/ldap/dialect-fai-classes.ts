import type { Outcome } from '../../diagnostic/diagnostic.ts'
import type { HostName, HostRecord } from '../../model/catalog.ts'
import type { Dialect } from './dialect.ts'
import type { Directory } from './directory.ts'
import {
  CLASS_ATTRIBUTES,
  hasClassEntries,
  readAllClassEntries,
  readClassEntries,
} from './directory-class.ts'
import { GROUP_ATTRIBUTES, NETGROUPS, readGroups } from './directory-group.ts'
import { FAI_HOSTS, HOST_ATTRIBUTES, hostFilter, selectHostEntry } from './directory-host.ts'
import { PLACE_ATTRIBUTES, placeOf, saysAnything } from './directory-place.ts'
import { unreadInDirectory } from './directory-unread.ts'
import { ancestorOf, type Dn } from './dn.ts'
import { type Entry, textsOf } from './entry.ts'

/**
 * What a directory says of one host: the path from the base down to the host's
 * parent, groups, the host entry. Without a host entry the host is not known
 * here, and only netgroups, which hold it by name, can say something.
 */
const readHostRecord = async (
  directory: Directory,
  base: Dn,
  host: HostName,
  signal: AbortSignal,
): Promise<Outcome<HostRecord>> => {
  const [candidates, netgroups] = await Promise.all([
    directory.find(hostFilter(host), HOST_ATTRIBUTES, signal),
    directory.find(NETGROUPS, GROUP_ATTRIBUTES, signal),
  ])
  const selected = selectHostEntry(candidates, host)
  if (selected.diagnostics.length > 0) return { value: undefined, diagnostics: selected.diagnostics }
  const entry = selected.value
  const [path, groups] = await Promise.all([
    entry === undefined ? [] : directory.read(pathOf(entry.dn, base), PLACE_ATTRIBUTES, signal),
    readGroups(directory, host, entry?.dn, netgroups, signal),
  ])
  const byDepth = [...path].sort((a, b) => a.dn.rdns.length - b.dn.rdns.length)
  const places = [
    ...byDepth.map(above => placeOf('path', above)),
    ...groups.value.map(group => placeOf('group', group)),
    ...(entry === undefined ? [] : [placeOf('host', entry)]),
  ].filter(saysAnything)
  return {
    value: {
      known: entry !== undefined,
      places: places.map(({ value }) => value),
      addresses: entry === undefined ? [] : addressesOf(entry),
    },
    diagnostics: [...groups.diagnostics, ...places.flatMap(({ diagnostics }) => diagnostics)],
  }
}

const pathOf = (dn: Dn, base: Dn): readonly Dn[] =>
  Array.from({ length: Math.max(0, dn.rdns.length - base.rdns.length) }, (_, index) =>
    ancestorOf(dn, base.rdns.length + index),
  )

/** Addresses that an entry names, as written, each once. */
export const addressesOf = (entry: Entry): readonly string[] => [
  ...new Set(textsOf(entry, 'ipHostNumber').map(text => text.trim())),
]

/** The conventions of `schema/fai-classes.schema` (contract, section 2.2). */
export const FAI_CLASSES: Dialect = {
  hosts: FAI_HOSTS,
  mayLeaveUnknown: false,
  wholeClasses: [...FAI_HOSTS.classes, 'faiClassEntry', 'groupOfNames', 'groupOfUniqueNames', 'nisNetgroup'],
  wholeAttributes: [...HOST_ATTRIBUTES, ...GROUP_ATTRIBUTES, ...CLASS_ATTRIBUTES],
  readHost: readHostRecord,
  readClasses: readClassEntries,
  readAllClasses: readAllClassEntries,
  hasDefinitions: hasClassEntries,
  findUnread: unreadInDirectory,
}
