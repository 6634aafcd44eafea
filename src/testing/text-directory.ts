import { type ClassName, parseClassName } from '../model/class-name.ts'
import { FAI_CLASSES } from '../source/ldap/dialect-fai-classes.ts'
import type { Directory, Filter } from '../source/ldap/directory.ts'
import { memberDn, memoryDirectory } from '../source/ldap/directory-memory.ts'
import { nameOf } from '../source/ldap/directory-names.ts'
import { directorySource } from '../source/ldap/directory-source.ts'
import { directoryLists } from '../source/ldap/directory-whole.ts'
import { type Dn, foldAttribute, parseDn } from '../source/ldap/dn.ts'
import { foldValue } from '../source/ldap/dn-value.ts'
import { type Entry, textsOf } from '../source/ldap/entry.ts'
import type { SourceChange } from '../source/live-source.ts'
import { entriesOf } from './entries.ts'
import type { TextState } from './text-live-source.ts'

type DirectoryState = { readonly entries: readonly Entry[]; readonly directory: Directory }

/** A directory of the dialect `faiClasses` that is followed, as an LDIF. */
export const textDirectory = (baseText: string): TextState<DirectoryState> => {
  const name = `directory ${baseText}`
  const parsed = parseDn(baseText)
  if (!parsed.ok) throw new Error(`"${baseText}" is no DN`)
  const base: Dn = parsed.dn
  return {
    name,
    parse: text => {
      const entries = entriesOf(text)
      return { entries, directory: memoryDirectory(entries, base) }
    },
    open: (current, note) => {
      const directory: Directory = {
        find: (filter, attributes, signal) => {
          keysOfFilter(filter).forEach(note)
          return current().directory.find(filter, attributes, signal)
        },
        read: (dns, attributes, signal) => {
          for (const { normal } of dns) note(`dn=${normal}`)
          return current().directory.read(dns, attributes, signal)
        },
        hasAny: (filter, signal) => current().directory.hasAny(filter, signal),
        close: async () => {},
      }
      return directorySource(
        name,
        'live',
        async () => ({ ok: true, directory, base }),
        async () => {},
        FAI_CLASSES,
      )
    },
    lists: ({ directory }, host, signal) => directoryLists(directory, base, FAI_CLASSES, host, signal),
    compare: compareDirectories,
  }
}

/** What has to change for a search to find something else; of an `and`, its last part alone. */
const keysOfFilter = (filter: Filter): readonly string[] => {
  switch (filter.kind) {
    case 'equal':
      return [keyOf(foldAttribute(filter.attribute), filter.value)]
    case 'present':
    case 'prefix':
      return [`${foldAttribute(filter.attribute)}=*`]
    case 'or':
      return filter.of.flatMap(keysOfFilter)
    case 'and':
      return filter.of.slice(-1).flatMap(keysOfFilter)
  }
}

const keyOf = (attribute: string, text: string): string => {
  const dn = attribute === 'member' || attribute === 'uniquemember' ? memberDn(text) : undefined
  return `${attribute}=${dn?.normal ?? foldValue(text)}`
}

const compareDirectories = (before: DirectoryState, after: DirectoryState): SourceChange => {
  const [old, fresh] = [before, after].map(
    ({ entries }) => new Map(entries.map(entry => [entry.dn.normal, entry])),
  )
  const names = [...new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])]
  const changed = names
    .map(dn => [old?.get(dn), fresh?.get(dn)].filter(entry => entry !== undefined))
    .filter(([one, other]) => one === undefined || other === undefined || textOf(one) !== textOf(other))
    .flat()
  return {
    keys: new Set(changed.flatMap(keysOfEntry)),
    hosts: changed.flatMap(entry => nameOf(entry) ?? []),
    classes: changed.flatMap((entry): ClassName[] =>
      textsOf(entry, 'cn').flatMap(text => parseClassName(text) ?? []),
    ),
    origins: changed.slice(0, 20).map(({ origin }) => origin),
  }
}

const keysOfEntry = ({ dn, attributes }: Entry): readonly string[] => [
  `dn=${dn.normal}`,
  ...[...attributes].flatMap(([attribute, values]) => [
    `${attribute}=*`,
    ...values.map(({ text }) => keyOf(attribute, text)),
  ]),
]

const textOf = ({ attributes }: Entry): string =>
  JSON.stringify([...attributes].map(([attribute, values]) => [attribute, values.map(({ text }) => text)]))
