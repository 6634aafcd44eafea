import { type ClassName, parseClassName } from '../../model/class-name.ts'
import type { ReadKey, SourceChange } from '../live-source.ts'
import { orderHosts } from '../order.ts'
import type { Dialect } from './dialect.ts'
import type { Directory, Filter } from './directory.ts'
import { definesClass } from './directory-class.ts'
import { MAX_MEMBERS } from './directory-group.ts'
import { isHostEntry } from './directory-host.ts'
import { indexKey, narrowest } from './directory-memory.ts'
import { nameOf } from './directory-names.ts'
import { foldAttribute } from './dn.ts'
import { type Entry, isSameValues, textsOf } from './entry.ts'
import type { EntryChange } from './entry-steps.ts'

/** A directory that tells what it is asked. */
export const notingDirectory = (directory: Directory, note: (key: ReadKey) => void): Directory => {
  const noteFilter = (filter: Filter): void => {
    for (const key of keysOfFilter(filter)) note(key)
  }
  return {
    ...directory,
    find: (filter, attributes, signal) => {
      noteFilter(filter)
      return directory.find(filter, attributes, signal)
    },
    hasAny: (filter, signal) => {
      noteFilter(filter)
      return directory.hasAny(filter, signal)
    },
    read: (dns, attributes, signal) => {
      for (const { normal } of dns) note(normal)
      return directory.read(dns, attributes, signal)
    },
  }
}

/**
 * Keys such that an entry which comes to match the filter, or no longer does, or is another one, has one of them.
 *
 *     filter             keys
 *     (attribute=value)  `attribute=value`
 *     (attribute=a*)     `attribute=*`; presence alike
 *     (&...)             those of the part that narrows most
 *     (|...)             those of all parts
 */
const keysOfFilter = (filter: Filter): readonly ReadKey[] => {
  switch (filter.kind) {
    case 'or':
      return filter.of.flatMap(keysOfFilter)
    case 'and': {
      const part = narrowest(filter.of)
      return part === undefined ? [] : keysOfFilter(part)
    }
    case 'equal':
      return [valueKey(foldAttribute(filter.attribute), filter.value)]
    case 'present':
    case 'prefix':
      return [presenceKey(foldAttribute(filter.attribute))]
  }
}

/**
 * What changes of entries mean for what was read. Where a dialect makes hosts of other entries too, such as groups and
 * profiles, a change of one of those touches everybody.
 */
export const toSourceChange = (changes: readonly EntryChange[], dialect: Dialect): SourceChange => {
  const entries = changes.flatMap(({ before, after }) => [before, after].filter(entry => entry !== undefined))
  const isOther = (entry: Entry): boolean => !isHostEntry(entry, dialect.hosts)
  const touchesAll = dialect.mayLeaveUnknown && entries.some(isOther)
  return {
    keys: touchesAll ? 'all' : new Set(changes.flatMap(keysOfChange)),
    hosts: orderHosts(entries.flatMap(entry => (isOther(entry) ? [] : (nameOf(entry) ?? [])))),
    classes: classesOf(entries),
    origins: changes.slice(0, MAX_ORIGINS).flatMap(({ before, after }) => (after ?? before)?.origin ?? []),
  }
}

const keysOfChange = ({ before, after }: EntryChange): readonly ReadKey[] => {
  if (before === undefined || after === undefined || before.dn.text !== after.dn.text)
    return [...keysOf(before), ...keysOf(after)]
  return isOfMembersAlone(before, after)
    ? [before.dn.normal, ...MEMBERS.flatMap(attribute => differingKeys(attribute, before, after))]
    : [...keysOf(before), ...keysOf(after)]
}

const keysOf = (entry: Entry | undefined): readonly ReadKey[] =>
  entry === undefined
    ? []
    : [
        entry.dn.normal,
        ...[...entry.attributes].flatMap(([attribute, values]) => [
          presenceKey(attribute),
          ...values.map(({ text }) => valueKey(attribute, text)),
        ]),
      ]

/**
 * Members are asked for one by one: to those who stay it is the same who comes and goes, unless there are too many of them,
 * which all of them are told.
 */
const isOfMembersAlone = (before: Entry, after: Entry): boolean => {
  const attributes = new Set([...before.attributes.keys(), ...after.attributes.keys()])
  return [...attributes].every(attribute => {
    const values = [before.attributes.get(attribute), after.attributes.get(attribute)] as const
    return MEMBERS.includes(attribute)
      ? values.every(list => (list?.length ?? 0) <= MAX_MEMBERS)
      : isSameValues(...values)
  })
}

const differingKeys = (attribute: string, before: Entry, after: Entry): readonly ReadKey[] => {
  const [old, fresh] = [before, after].map(entry => new Set(textsOf(entry, attribute)))
  const isInOne = (text: string): boolean => !(old?.has(text) && fresh?.has(text))
  const differing = [...(old ?? []), ...(fresh ?? [])].filter(isInOne)
  return differing.length === 0
    ? []
    : [presenceKey(attribute), ...differing.map(text => valueKey(attribute, text))]
}

const classesOf = (entries: readonly Entry[]): readonly ClassName[] => [
  ...new Set(
    entries
      .filter(definesClass)
      .flatMap(entry => textsOf(entry, 'cn').flatMap(cn => parseClassName(cn) ?? [])),
  ),
]

const valueKey = (attribute: string, text: string): ReadKey => `${attribute}=${indexKey(attribute, text)}`

const presenceKey = (attribute: string): ReadKey => `${attribute}=*`

const MEMBERS: readonly string[] = ['member', 'uniquemember']
const MAX_ORIGINS = 20
