import type { ClassName } from '../model/class-name.ts'
import { nearestName } from '../model/nearest.ts'
import type { Knowledge } from './assignment.ts'

type Kept = {
  readonly candidates: readonly string[]
  readonly nearest: Map<ClassName, string | undefined>
}

/** What was answered before: many hosts may have the same unknown class, and a site thousands of known ones. */
const answered = new WeakMap<Knowledge, Kept>()

/** What is said of a class that nothing knows, with the nearest name that is known. Pure. */
export const unknownMessage = (name: ClassName, knowledge: Knowledge): string => {
  const kept = answered.get(knowledge) ?? { candidates: candidatesOf(knowledge), nearest: new Map() }
  answered.set(knowledge, kept)
  if (!kept.nearest.has(name)) kept.nearest.set(name, nearestName(name, kept.candidates))
  const near = kept.nearest.get(name)
  return `class "${name}" is defined nowhere${near === undefined ? '' : ` (nearest known name: "${near}")`}`
}

const candidatesOf = ({ catalog, configSpaceClasses }: Knowledge): readonly string[] => [
  ...[...catalog.values()].flatMap(definitions => definitions.map(({ name }) => name)),
  ...configSpaceClasses,
]
