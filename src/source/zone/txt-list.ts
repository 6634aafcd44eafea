import { type Diagnostic, errorAt, type Outcome } from '../../diagnostic/diagnostic.ts'
import { DEFAULT, foldClassName, LAST, parseClassName } from '../../model/class-name.ts'
import { dnsLabels } from '../../model/dns-name.ts'
import { DEFAULT_WEIGHT, type Membership, quote, type Token } from '../../model/grammar.ts'
import type { CountSteps } from '../../model/steps.ts'
import type { Text } from './txt.ts'

/**
 * Parses a whole class list, as the published zone has it, to a membership that asks for the same classes. `DEFAULT`, `LAST` and,
 * as the last word before it, the host's own name are left out: resolving puts them there again. Anything else that
 * is no class, a weight, a condition or `-X` too, is the error `syntax`. Pure.
 */
export const parseList = ({ text, origin }: Text, host: string, count?: CountSteps): Outcome<Membership> => {
  count?.(text.length)
  const words = text.split(/[ \t]+/).filter(word => word !== '' && word !== DEFAULT && word !== LAST)
  const last = words.at(-1)
  const classes = last !== undefined && isOwnName(last, host) ? words.slice(0, -1) : words
  const diagnostics: Diagnostic[] = []
  const tokens = classes.flatMap((word): Token[] => {
    const name = parseClassName(word)
    if (name !== undefined) return [{ name, remove: false }]
    diagnostics.push(errorAt('syntax', `list ${quote(text)}: ${quote(word)} is not a class name`, origin))
    return []
  })
  if (diagnostics.length > 0) return { value: undefined, diagnostics }
  return { value: { weight: DEFAULT_WEIGHT, tokens, rest: text, origin }, diagnostics }
}

/** The class of a host is its short name or its full one, which may be in another domain than the zone. */
const isOwnName = (word: string, host: string): boolean =>
  foldClassName(dnsLabels(word)[0] ?? '') === foldClassName(dnsLabels(host)[0] ?? '')
