import { type Diagnostic, errorAt, type Origin } from '../diagnostic/diagnostic.ts'
import { type ClassName, foldClassName } from '../model/class-name.ts'
import { type Assignment, CALLER_ORIGIN, FACT_ORIGIN, hostClassOf } from './assignment.ts'
import type { LinkMap } from './links.ts'
import type { Seeds } from './seeds.ts'

type Spelling = { readonly name: ClassName; readonly origin: Origin }

/**
 * The error `class-case` for each class that seeds, facts, added classes and
 * definitions spell in more than one way. The host class is exempt. Pure.
 */
export const findSpellings = (
  assignment: Assignment,
  seeds: Seeds,
  links: LinkMap,
): readonly Diagnostic[] => {
  if (!hasTwoSpellings(assignment, seeds, links)) return []
  const hostClass = hostClassOf(assignment)
  const used: readonly Spelling[] = [
    ...assignment.facts.map(name => ({ name, origin: FACT_ORIGIN })),
    ...seeds.spellings,
    ...assignment.added.map(name => ({ name, origin: CALLER_ORIGIN })),
    ...[...links.values()].flatMap(({ requires, unheld, after, conflicts }) =>
      [...requires, ...unheld, ...after, ...conflicts].map(({ to, origin }) => ({ name: to, origin })),
    ),
  ]
  const first = new Map<string, Spelling>()
  const reported = new Set<ClassName>()
  return used.flatMap(spelling => {
    if (spelling.name === hostClass) return []
    const folded = foldClassName(spelling.name)
    const earlier = first.get(folded)
    if (earlier === undefined) first.set(folded, spelling)
    if (earlier === undefined || earlier.name === spelling.name || reported.has(spelling.name)) return []
    reported.add(spelling.name)
    const message = `class "${spelling.name}" is spelled "${earlier.name}" elsewhere`
    return [errorAt('class-case', message, spelling.origin, [earlier.origin])]
  })
}

/** The same question without the places, which is answered no almost always. */
const hasTwoSpellings = (assignment: Assignment, seeds: Seeds, links: LinkMap): boolean => {
  const names = new Set<ClassName>(assignment.facts)
  for (const { name } of seeds.spellings) names.add(name)
  for (const name of assignment.added) names.add(name)
  for (const [name, { unheld, after, conflicts }] of links) {
    // What is required is among the names, unless there are too many classes.
    names.add(name)
    for (const { to } of unheld) names.add(to)
    for (const { to } of after) names.add(to)
    for (const { to } of conflicts) names.add(to)
  }
  const folded = new Set<string>()
  for (const name of names) folded.add(foldClassName(name))
  return folded.size < names.size
}
