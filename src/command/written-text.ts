import type { Origin } from '../diagnostic/diagnostic.ts'
import { type Catalog, definitionsOf, type Place } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import { DEFAULT_WEIGHT, type Membership, quote } from '../model/grammar.ts'
import type { Gathered } from '../source/gather.ts'

/** What a lookup read, for people who want to edit it. */
export type WhatWasRead = { readonly records: readonly Gathered[]; readonly catalog: Catalog }

/** One value of a variable, and where it stands. */
export type SettingRead = { readonly value: string; readonly class?: ClassName; readonly origin: Origin }

/** Texts by the place where they stand, which one owner may have several of, and why each place is read. */
export type WrittenTexts = {
  /** The string at this origin, quoted; undefined for an origin of another lookup. */
  readonly textAt: (origin: Origin) => string | undefined
  /** Why the host reads the origin: ", for every host below example.test"; empty where that is plain. */
  readonly reachAt: (origin: Origin) => string
  /** All values of a variable that the host reads, from places and from these classes. */
  readonly settingsOf: (variable: string, classes: readonly ClassName[]) => readonly SettingRead[]
}

/** Collects the texts of what was read. Origins are compared as objects: two records of one owner have equal ones. */
export const writtenTexts = ({ records, catalog }: WhatWasRead): WrittenTexts => {
  const places = records.flatMap(({ record }) => record.places)
  const definitions = [...catalog.values()].flat()
  const texts = new Map<Origin, string>()
  const reach = new Map<Origin, string>()
  const note = (strings: readonly Membership[]): void => {
    for (const string of strings) texts.set(string.origin, quote(textOf(string)))
  }
  for (const place of places) {
    note(place.memberships)
    for (const { origin } of [...place.memberships, ...place.variables]) reach.set(origin, reachOf(place))
  }
  for (const { requires } of definitions) note(requires)
  return {
    textAt: origin => texts.get(origin),
    reachAt: origin => reach.get(origin) ?? '',
    settingsOf: (variable, classes) => {
      const listed = new Set(classes.flatMap(name => definitionsOf(catalog, name)))
      const ofClasses = [...listed].flatMap(({ name, variables }) =>
        variables.map(setting => ({ ...setting, class: name as ClassName })),
      )
      const all = [...ofClasses, ...places.flatMap(({ variables }) => variables)]
      return all.filter(({ name }) => name === variable)
    },
  }
}

const textOf = ({ weight, rest }: Membership): string =>
  weight === DEFAULT_WEIGHT ? rest : `${weight} ${rest}`

const reachOf = ({ kind, name }: Place): string => {
  switch (kind) {
    case 'domain':
      return `, for every host below ${name.replace(/^_default\._fai\./, '')}`
    case 'path':
      return ', for every host below this entry'
    case 'group':
      return ', for the group holds the host, directly or through groups'
    case 'host':
      return ''
  }
}
