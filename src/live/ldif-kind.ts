import { DIALECTS } from '../source/ldap/dialects.ts'
import type { Directory } from '../source/ldap/directory.ts'
import { notingDirectory, toSourceChange } from '../source/ldap/directory-changes.ts'
import { memoryDirectory } from '../source/ldap/directory-memory.ts'
import { directorySource } from '../source/ldap/directory-source.ts'
import { directoryLists } from '../source/ldap/directory-whole.ts'
import type { Dn } from '../source/ldap/dn.ts'
import { type Entry, isSameEntry } from '../source/ldap/entry.ts'
import type { EntryChange } from '../source/ldap/entry-steps.ts'
import { type LdifSourceOptions, type ReadLdif, readLdif } from '../source/ldap/ldif-source.ts'
import type { FileKind, StateKind } from './file-kind.ts'

/** Entries in memory. */
export type DirectoryState = {
  readonly base: Dn
  /** By normalized DN. */
  readonly entries: ReadonlyMap<string, Entry>
  readonly directory: Directory
}

/** The state that entries make. */
export const toDirectoryState = ({ entries, base }: ReadLdif): DirectoryState => ({
  base,
  entries: new Map(entries.map(entry => [entry.dn.normal, entry])),
  directory: memoryDirectory(entries, base),
})

/** States of a directory. */
export const directoryKind = (options: LdifSourceOptions): StateKind<DirectoryState> => {
  const name = `ldif ${options.name ?? options.path}`
  const dialect = DIALECTS[options.dialect ?? 'faiClasses']
  return {
    name,
    open: (current, note) =>
      directorySource(
        name,
        'file',
        async () => {
          const { directory, base } = current()
          return { ok: true, directory: notingDirectory(directory, note), base }
        },
        async () => {},
        dialect,
      ),
    lists: ({ directory, base }, host, signal) => directoryLists(directory, base, dialect, host, signal),
    compare: (before, after) => toSourceChange(changesBetween(before, after), dialect),
  }
}

/** An LDIF. */
export const ldifKind = (options: LdifSourceOptions): FileKind<DirectoryState> => ({
  ...directoryKind(options),
  path: options.path,
  read: async () => {
    const { value, diagnostics } = await readLdif(options)
    return { value: value && toDirectoryState(value), diagnostics }
  },
  pathsOf: () => [options.path],
})

const changesBetween = (before: DirectoryState, after: DirectoryState): readonly EntryChange[] => [
  ...[...before.entries.values()]
    .filter(({ dn }) => !after.entries.has(dn.normal))
    .map(entry => ({ before: entry })),
  ...[...after.entries.values()].flatMap((entry): EntryChange[] => {
    const old = before.entries.get(entry.dn.normal)
    if (old === undefined) return [{ after: entry }]
    return isSameEntry(old, entry) ? [] : [{ before: old, after: entry }]
  }),
]
