import type { Diagnostic, Outcome } from '../../diagnostic/diagnostic.ts'
import type { HostName, HostRecord } from '../../model/catalog.ts'
import type { Source, SourceState } from '../source.ts'
import type { Directory } from './directory.ts'
import { hasClassEntries, readClassEntries } from './directory-class.ts'
import { GROUP_ATTRIBUTES, NETGROUPS, readGroups } from './directory-group.ts'
import { HOST_ATTRIBUTES, hostFilter, selectHostEntry } from './directory-host.ts'
import { findHostNames } from './directory-names.ts'
import { PLACE_ATTRIBUTES, placeOf, saysAnything } from './directory-place.ts'
import { ancestorOf, type Dn } from './dn.ts'
import { type Entry, textsOf } from './entry.ts'

/** A directory that has been opened, or what is wrong with its data as a whole. */
export type Opened =
  | { readonly ok: true; readonly directory: Directory; readonly base: Dn }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/**
 * A source over the conventions of `faiClasses` (contract, section 2.2), the
 * same for a live server and for an LDIF. `open` is called before each question;
 * it keeps what it opened.
 */
export const directorySource = (
  name: string,
  whenRead: SourceState['state'],
  open: (signal: AbortSignal) => Promise<Opened>,
  close: () => Promise<void>,
): Source => {
  let state: SourceState['state'] = 'unread'
  const ask = async <T>(
    signal: AbortSignal,
    question: (directory: Directory, base: Dn) => Promise<T>,
    otherwise: (diagnostics: readonly Diagnostic[]) => T,
  ): Promise<T> => {
    signal.throwIfAborted()
    const opened = await open(signal)
    const answer = opened.ok ? await question(opened.directory, opened.base) : otherwise(opened.diagnostics)
    state = whenRead
    return answer
  }
  return {
    name,
    describe: () => ({ name, state }),
    findHosts: (query, signal) =>
      ask<Outcome<readonly HostName[]>>(
        signal,
        (directory, base) => findHostNames(directory, base, query, signal),
        noValue,
      ),
    readHost: (host, signal) =>
      ask<Outcome<HostRecord>>(
        signal,
        (directory, base) => readHostRecord(directory, base, host, signal),
        noValue,
      ),
    readClasses: (names, signal) =>
      ask(
        signal,
        directory => readClassEntries(directory, names, signal),
        () => [],
      ),
    hasDefinitions: signal =>
      ask(
        signal,
        directory => hasClassEntries(directory, signal),
        () => undefined,
      ),
    close,
  }
}

const noValue = (
  diagnostics: readonly Diagnostic[],
): { value: undefined; diagnostics: readonly Diagnostic[] } => ({
  value: undefined,
  diagnostics,
})

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

const addressesOf = (entry: Entry): readonly string[] => [
  ...new Set(textsOf(entry, 'ipHostNumber').map(text => text.trim())),
]
