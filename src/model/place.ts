import { type Diagnostic, type Outcome, warningAt } from '../diagnostic/diagnostic.ts'
import { compareMemberships, type Membership, quote } from './grammar.ts'

/**
 * The strings of one place in the order they are read (contract, section 2): by
 * weight, equal weights by the bytes of what follows the weight. Identical
 * strings count once; different ones of equal weight are the warning
 * `order-ambiguous`, one for each weight. Pure.
 */
export const orderMemberships = (memberships: readonly Membership[]): Outcome<readonly Membership[]> => {
  const sorted = [...memberships].sort(compareMemberships)
  const value = sorted.filter((membership, index) => {
    const before = sorted[index - 1]
    return before === undefined || compareMemberships(before, membership) !== 0
  })
  const byWeight = Map.groupBy(value, ({ weight }) => weight)
  const diagnostics = [...byWeight.values()].flatMap(ambiguity)
  return { value, diagnostics }
}

const ambiguity = ([first, second, ...others]: readonly Membership[]): Diagnostic[] => {
  if (first === undefined || second === undefined) return []
  const texts = `${quote(first.rest)} and ${quote(second.rest)}`
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  const message = `${texts}${more} have the same weight ${first.weight}; they are read in the order of their bytes`
  return [
    warningAt(
      'order-ambiguous',
      message,
      second.origin,
      [first, ...others].map(({ origin }) => origin),
    ),
  ]
}
