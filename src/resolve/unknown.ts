import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { type Assignment, isImplicit, type Knowledge } from './assignment.ts'
import { isKnown, unknownMessage } from './nearest-known.ts'
import type { Because } from './reasons.ts'

/**
 * `unknown-class` for classes that nothing knows: no definition in any source, no
 * fact, no file of the config space (contract, section 5). Pure. Off where
 * nothing is defined anywhere.
 */
export const findUnknown = (
  assignment: Assignment,
  knowledge: Knowledge,
  because: readonly Because[],
): readonly Diagnostic[] => {
  const { unknownClass } = assignment.options
  if (unknownClass === 'allow' || !knowledge.anyDefinition) return []
  const facts = new Set(assignment.facts)
  return because.flatMap(({ class: name, by }): Diagnostic[] => {
    const known = isImplicit(assignment, name) || facts.has(name) || isKnown(name, knowledge)
    const origin = by[0]?.origin
    if (known || origin === undefined) return []
    const message = unknownMessage(name, knowledge)
    return [
      { severity: unknownClass === 'warn' ? 'warning' : 'error', code: 'unknown-class', message, origin },
    ]
  })
}
