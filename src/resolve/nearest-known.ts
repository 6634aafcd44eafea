import { definitionsOf } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import { nearestHint } from '../model/nearest.ts'
import type { Knowledge } from './assignment.ts'

type Kept = {
  readonly candidates: readonly string[]
  readonly hints: Map<ClassName, string>
}

/** What was answered before: many hosts may have the same unknown class, and a site thousands of known ones. */
const answered = new WeakMap<Knowledge, Kept>()

/** Whether a class is known: defined, listed as a fact, or named by a file of the config space (contract, section 5). Pure. */
export const isKnown = (name: ClassName, { catalog, configSpaceClasses, facts = [] }: Knowledge): boolean =>
  configSpaceClasses.has(name) || facts.includes(name) || definitionsOf(catalog, name).length > 0

/** What is said of a class that nothing knows, with the nearest name that is known. Pure. */
export const unknownMessage = (name: ClassName, knowledge: Knowledge): string =>
  `class "${name}" is defined nowhere${nearestKnown(name, knowledge)}`

/** The nearest name that is known, in parentheses; empty where none is near. Pure. */
export const nearestKnown = (name: ClassName, knowledge: Knowledge): string => {
  const kept = answered.get(knowledge) ?? { candidates: candidatesOf(knowledge), hints: new Map() }
  answered.set(knowledge, kept)
  const hint = kept.hints.get(name) ?? nearestHint(name, kept.candidates)
  kept.hints.set(name, hint)
  return hint
}

const candidatesOf = ({ catalog, configSpaceClasses, facts = [] }: Knowledge): readonly string[] => [
  ...[...catalog.values()].flatMap(definitions => definitions.map(({ name }) => name)),
  ...configSpaceClasses,
  ...facts,
]
