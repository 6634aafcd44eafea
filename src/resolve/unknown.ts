import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import type { ClassName } from '../model/class-name.ts'
import { type Assignment, isImplicit, type Knowledge } from './assignment.ts'
import { isKnown, unknownMessage } from './nearest-known.ts'
import { decidingReasons, type ListBasis } from './reasons.ts'

/**
 * Classes of a list that nothing knows: no definition in any source, no fact, no file of the config space
 * (contract, section 5). None where nothing is defined anywhere, or where unknown classes are allowed. Pure.
 */
export const unknownIn = (
  list: readonly ClassName[],
  assignment: Assignment,
  knowledge: Knowledge,
): readonly ClassName[] => {
  if (assignment.options.unknownClass === 'allow' || !knowledge.anyDefinition) return []
  const facts = new Set(assignment.facts)
  return list.filter(name => !isKnown(name, knowledge) && !facts.has(name) && !isImplicit(assignment, name))
}

/** `unknown-class` for the classes of a list that nothing knows, with the nearest name that is known. Pure. */
export const findUnknown = (basis: ListBasis, knowledge: Knowledge): readonly Diagnostic[] => {
  const { list, assignment } = basis
  const unknown = unknownIn(list, assignment, knowledge)
  if (unknown.length === 0) return []
  const severity = assignment.options.unknownClass === 'warn' ? 'warning' : 'error'
  const deciding = decidingReasons(basis)
  return unknown.flatMap((name): Diagnostic[] => {
    const origin = deciding.get(name)?.origin
    const message = unknownMessage(name, knowledge)
    return origin === undefined ? [] : [{ severity, code: 'unknown-class', message, origin }]
  })
}
