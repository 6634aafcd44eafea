import type { Origin } from '../../diagnostic/diagnostic.ts'
import { compareText } from '../order.ts'
import { type Dn, foldAttribute } from './dn.ts'
import { foldValue } from './dn-value.ts'

/** One value of an attribute. */
export type Value = {
  /** Decoded as UTF-8; where `binary` is set, with U+FFFD in place of what is none. */
  readonly text: string
  readonly binary?: true
  /** Where it stands, if it came from a file. */
  readonly line?: number
}

/** A directory entry, from a server or an LDIF. */
export type Entry = {
  readonly dn: Dn
  /** Values by folded attribute name (`foldAttribute`), in no order that means anything. */
  readonly attributes: ReadonlyMap<string, readonly Value[]>
  readonly origin: EntryOrigin
}

/** Where an entry can be edited. */
export type EntryOrigin = Extract<Origin, { kind: 'entry' }>

/** The values of an attribute, sorted: a server gives them in any order, and the outcome may not depend on it. */
export const valuesOf = (entry: Entry, attribute: string): readonly Value[] =>
  [...(entry.attributes.get(foldAttribute(attribute)) ?? [])].sort((a, b) => compareText(a.text, b.text))

/** The values of an attribute as text, in the order of `valuesOf`. */
export const textsOf = (entry: Entry, attribute: string): readonly string[] =>
  valuesOf(entry, attribute).map(({ text }) => text)

/** Whether the entry lists one of these object classes. */
export const hasObjectClass = (entry: Entry, names: ReadonlySet<string>): boolean =>
  (entry.attributes.get('objectclass') ?? []).some(({ text }) => names.has(foldValue(text)))

/** Whether two entries say the same under the same DN, their values in the same order. */
export const isSameEntry = (a: Entry, b: Entry): boolean =>
  a.dn.text === b.dn.text &&
  a.attributes.size === b.attributes.size &&
  [...a.attributes].every(([attribute, values]) => isSameValues(values, b.attributes.get(attribute)))

/** Whether an attribute has the same values in the same order. */
export const isSameValues = (a: readonly Value[] = [], b: readonly Value[] = []): boolean =>
  a.length === b.length &&
  a.every(({ text, binary }, index) => text === b[index]?.text && binary === b[index]?.binary)

/** The place of one value of an attribute. */
export const originOf = (entry: Entry, attribute: string, value?: Value): EntryOrigin => {
  const { kind, dn, ...place } = entry.origin
  return { kind, dn, attribute, ...place, ...(value?.line === undefined ? {} : { line: value.line }) }
}

/** Decodes the octets of a value; what is no UTF-8 is marked, not refused, since a photo may be read along. */
export const toValue = (bytes: Uint8Array, line?: number): Value => {
  const place = line === undefined ? {} : { line }
  try {
    return { text: STRICT.decode(bytes), ...place }
  } catch {
    return { text: LENIENT.decode(bytes), binary: true, ...place }
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true })
const LENIENT = new TextDecoder('utf-8')
