import { type Diagnostic, errorAt } from '../../diagnostic/diagnostic.ts'
import type { Place } from '../../model/catalog.ts'
import { type Membership, parseMembership, quote, type StringKind } from '../../model/grammar.ts'
import { orderMemberships } from '../../model/place.ts'
import { parseVariable, type VariableSetting } from '../../model/variable.ts'
import { type Entry, originOf, valuesOf } from './entry.ts'

/** A value made of one entry, and everything worth saying about it. */
export type Read<T> = { readonly value: T; readonly diagnostics: readonly Diagnostic[] }

/** What the `faiMember` attributes of one entry say (contract, section 2.2). Pure. */
export const placeOf = (kind: Place['kind'], entry: Entry): Read<Place> => {
  const memberships = readStrings(entry, 'faiMembership', 'membership')
  const variables = readVariables(entry)
  return {
    value: { kind, name: entry.dn.text, memberships: memberships.value, variables: variables.value },
    diagnostics: [...memberships.diagnostics, ...variables.diagnostics, ...findTooLarge(entry)],
  }
}

/** Whether a place says anything, so that leaving it out would make a difference. */
export const saysAnything = ({ value, diagnostics }: Read<Place>): boolean =>
  value.memberships.length > 0 || value.variables.length > 0 || diagnostics.length > 0

/** The strings of one attribute in the order they are read; the values of one attribute are one place. Pure. */
export const readStrings = (
  entry: Entry,
  attribute: string,
  kind: StringKind,
): Read<readonly Membership[]> => {
  const parsed = valuesOf(entry, attribute).map(value =>
    parseMembership(kind, value.text, originOf(entry, attribute, value)),
  )
  const ordered = orderMemberships(parsed.flatMap(({ value }) => value ?? []))
  return {
    value: ordered.value ?? [],
    diagnostics: [...parsed.flatMap(({ diagnostics }) => diagnostics), ...ordered.diagnostics],
  }
}

/** The `faiVariableSetting` values of an entry. Pure. */
export const readVariables = (entry: Entry): Read<readonly VariableSetting[]> => {
  const parsed = valuesOf(entry, 'faiVariableSetting').map(value => {
    const origin = originOf(entry, 'faiVariableSetting', value)
    if (value.binary !== true) return parseVariable(value.text, origin)
    const message = `${quote(value.text)} is not UTF-8`
    return { value: undefined, diagnostics: [errorAt('bad-variable', message, origin)] }
  })
  return {
    value: parsed.flatMap(({ value }) => value ?? []),
    diagnostics: parsed.flatMap(({ diagnostics }) => diagnostics),
  }
}

/** The error `place-too-large` where the `fai*` values of an entry exceed 64 KiB (contract, section 3.8). Pure. */
export const findTooLarge = (entry: Entry): readonly Diagnostic[] => {
  const octets = FAI_ATTRIBUTES.flatMap(attribute => valuesOf(entry, attribute)).reduce(
    (sum, { text }) => sum + Buffer.byteLength(text),
    0,
  )
  if (octets <= MAX_PLACE_OCTETS) return []
  const message = `the fai values of one entry exceed ${MAX_PLACE_OCTETS} octets (found ${octets})`
  return [errorAt('place-too-large', message, entry.origin)]
}

/** What has to be read of an entry for `placeOf`. */
export const PLACE_ATTRIBUTES = ['faiMembership', 'faiVariableSetting'] as const

const FAI_ATTRIBUTES = [...PLACE_ATTRIBUTES, 'faiRequires', 'faiAfter', 'faiConflicts'] as const
const MAX_PLACE_OCTETS = 65_536
