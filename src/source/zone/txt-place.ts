import { type Diagnostic, errorAt, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { Place } from '../../model/catalog.ts'
import { type ClassName, foldClassName } from '../../model/class-name.ts'
import { type Membership, parseMembership } from '../../model/grammar.ts'
import { orderMemberships } from '../../model/place.ts'
import type { CountSteps } from '../../model/steps.ts'
import { parseVariable, type VariableSetting } from '../../model/variable.ts'
import { MAX_PLACE_OCTETS, splitKey, type Text, variableText } from './txt.ts'
import { parseList } from './txt-list.ts'

/** Where the membership of a host may stand (contract, section 2.1). */
export type TxtStyle = 'underscore' | 'prefix' | 'bare' | 'list'

/** The styles that are read where the configuration names none. */
export const DEFAULT_STYLES: readonly TxtStyle[] = ['underscore', 'prefix']

/** The texts of a place, parsed: what counts, and whether any of it is a membership, faulty ones included. */
export type TxtPlace = Outcome<Place> & { readonly hasMembership: boolean }

/** Whether any of the styles has memberships at the host's own name. Pure. */
export const readsOwnName = (styles: readonly TxtStyle[]): boolean =>
  styles.some(style => style !== 'underscore')

/** Which texts at the host's own name are memberships: behind `fai=`, any of them as whole lists, or bare with known classes only. Pure. */
export const membershipTexts = (
  texts: readonly Text[],
  styles: readonly TxtStyle[],
  isKnown: (name: ClassName) => boolean,
): readonly Text[] =>
  texts.flatMap((text): Text[] => {
    const split = splitKey(text.text)
    if (split?.key === 'fai') return styles.includes('prefix') ? [{ ...text, text: split.value }] : []
    if (styles.includes('list')) return [{ ...text, isList: true }]
    const classes = styles.includes('bare') ? bareClasses(text) : []
    return classes.length > 0 && classes.every(isKnown) ? [text] : []
  })

/** The classes of a text that would be a membership of the style `bare`; none where it does not parse. Pure. */
export const bareClasses = ({ text, origin }: Text): readonly ClassName[] =>
  parseMembership('membership', text, origin).value?.tokens.map(({ name }) => name) ?? []

/** Whether a class is in a set of folded names. */
export const isKnownIn =
  (known: ReadonlySet<string>) =>
  (name: ClassName): boolean =>
    known.has(foldClassName(name))

/** Parses the texts of one place: memberships, and `var.NAME=value`. Pure. */
export const parsePlace = (
  kind: Place['kind'],
  name: string,
  texts: readonly Text[],
  count?: CountSteps,
): TxtPlace => {
  const diagnostics: Diagnostic[] = [...checkSize(name, texts)]
  const memberships: Membership[] = []
  const variables: VariableSetting[] = []
  let hasMembership = false
  for (const each of texts) {
    const { text, origin, isList } = each
    const setting = isList ? undefined : variableText(text)
    if (setting === undefined) {
      hasMembership = true
      const parsed = isList
        ? parseList(each, name, count)
        : parseMembership('membership', text, origin, count)
      if (parsed.value !== undefined) memberships.push(parsed.value)
      diagnostics.push(...parsed.diagnostics)
    } else {
      const parsed = parseVariable(setting, origin, count)
      if (parsed.value !== undefined) variables.push(parsed.value)
      diagnostics.push(...parsed.diagnostics)
    }
  }
  const ordered = orderMemberships(memberships)
  diagnostics.push(...ordered.diagnostics)
  const value = { kind, name, memberships: ordered.value ?? [], variables }
  return { value, diagnostics, hasMembership }
}

/** The error `place-too-large` where the texts of one place exceed 64 KiB. Pure. */
export const checkSize = (name: string, texts: readonly Text[]): Diagnostic[] => {
  const octets = texts.reduce((sum, text) => sum + text.octets, 0)
  const [first] = texts
  if (first === undefined || octets <= MAX_PLACE_OCTETS) return []
  const message = `${name} holds ${octets} octets of text, more than ${MAX_PLACE_OCTETS}`
  return [errorAt('place-too-large', message, first.origin)]
}
