import { type Diagnostic, errorAt, type Origin, type Outcome } from '../diagnostic/diagnostic.ts'
import { type ClassName, parseClassName } from './class-name.ts'
import { type Condition, parseCondition } from './condition.ts'
import type { CountSteps } from './steps.ts'

/** One class asked for, or taken away where it was written `-X`. */
export type Token = { readonly name: ClassName; readonly remove: boolean }

/** A parsed string of the grammar in section 2 of the contract. */
export type Membership = {
  /** 0..65535; lower is earlier and of lower priority. */
  readonly weight: number
  readonly condition?: Condition
  /** The text between the brackets, for people. */
  readonly conditionText?: string
  readonly tokens: readonly Token[]
  /** What follows the weight, for the order of strings with equal weight. */
  readonly rest: string
  readonly origin: Origin
}

/** The four kinds of string; they differ in what may stand in them. */
export type StringKind = 'membership' | 'requires' | 'after' | 'conflicts'

/** The weight of a string that has none. */
export const DEFAULT_WEIGHT = 1000
const MAX_WEIGHT = 65535

/**
 * Parses one string of a TXT record or an LDAP value. Pure. A text that does
 * not parse gives no value and the error `syntax` (or `condition-too-deep`).
 *
 *     membership = *SP [ weight 1*SP ] [ condition 1*SP ] token *( 1*SP token ) *SP
 */
export const parseMembership = (
  kind: StringKind,
  text: string,
  origin: Origin,
  count?: CountSteps,
): Outcome<Membership> => {
  count?.(text.length)
  const quoted = quote(text)
  const fault = (message: string): Outcome<Membership> => ({
    value: undefined,
    diagnostics: [errorAt('syntax', `${kind} ${quoted}: ${message}`, origin)],
  })
  if (/^[ \t]*\{[0-9]+\}/.test(text)) {
    return fault('has a {n} prefix; order is given by a weight, as in "10 WEB"')
  }
  const { weightText, rest } = splitWeight(text)
  const weight = weightText === undefined ? DEFAULT_WEIGHT : Number(weightText)
  if (weightText !== undefined && (weightText.length > 5 || weight > MAX_WEIGHT)) {
    return fault(`weight ${weightText} is above ${MAX_WEIGHT}`)
  }
  if (rest.startsWith('[') && kind !== 'membership' && kind !== 'requires') {
    return fault('may not hold a condition')
  }
  const split = splitCondition(rest, fault)
  if ('value' in split) return split
  const conditional =
    split.text === undefined ? undefined : parseCondition(split.text, count === undefined ? {} : { count })
  if (conditional?.ok === false) {
    if (conditional.reason === 'too-deep') {
      return {
        value: undefined,
        diagnostics: [
          errorAt('condition-too-deep', `${kind} ${quoted}: condition is nested deeper than 64`, origin),
        ],
      }
    }
    return fault(
      `condition "${shorten(split.text ?? '')}" is not an expression of classes, "&&", "||", "!" and parentheses`,
    )
  }
  const words = split.rest.split(/[ \t]+/).filter(word => word !== '')
  if (words.length === 0) return fault('names no class')
  const diagnostics: Diagnostic[] = []
  const tokens = words.flatMap((word): Token[] => {
    count?.(word.length)
    const remove = kind === 'membership' && word.startsWith('-')
    const name = parseClassName(remove ? word.slice(1) : word)
    if (name !== undefined) return [{ name, remove }]
    diagnostics.push(errorAt('syntax', `${kind} ${quoted}: ${quote(word)} is not a class name`, origin))
    return []
  })
  if (diagnostics.length > 0) return { value: undefined, diagnostics }
  const condition =
    conditional === undefined ? {} : { condition: conditional.condition, conditionText: split.text ?? '' }
  return { value: { weight, ...condition, tokens, rest, origin }, diagnostics: [] }
}

/** The order in which strings of one place are read: by weight, then by the bytes of what follows it. */
export const compareMemberships = (a: Membership, b: Membership): number =>
  a.weight - b.weight || Buffer.compare(Buffer.from(a.rest), Buffer.from(b.rest))

const splitWeight = (text: string): { weightText?: string; rest: string } => {
  const body = text.replace(/^[ \t]+/, '')
  const match = /^([0-9]+)[ \t]+(?=[^ \t])/.exec(body)
  return match ? { weightText: match[1] as string, rest: body.slice(match[0].length) } : { rest: body }
}

type ConditionSplit = { readonly text?: string; readonly rest: string }

const splitCondition = (
  rest: string,
  fault: (message: string) => Outcome<Membership>,
): ConditionSplit | Outcome<Membership> => {
  if (!rest.startsWith('[')) return { rest }
  const close = rest.indexOf(']')
  if (close < 0) return fault('condition has no closing bracket')
  const after = rest.slice(close + 1)
  if (after !== '' && !/^[ \t]/.test(after)) return fault('a space is missing after the condition')
  return { text: rest.slice(1, close), rest: after }
}

/** A text as it may stand in a message: quoted, cut at 80 characters, and what a terminal would obey or hide is escaped. */
export const quote = (text: string): string => JSON.stringify(shorten(text)).replace(UNSEEN, escapeUnits)

/** What JSON leaves as it is, but is no visible character: C1 controls, marks of direction, ends of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const escapeUnits = (character: string): string =>
  character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}...` : text)
