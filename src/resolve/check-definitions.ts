import { type Diagnostic, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import type { ClassName } from '../model/class-name.ts'
import { reach } from '../model/reach.ts'
import { findConflicts, hasConflicts } from './conflicts.ts'
import { findCycles } from './cycles.ts'
import type { DefinitionLinks } from './definition-links.ts'
import type { Links } from './links.ts'
import { orderClasses } from './order.ts'
import type { Reason } from './reasons.ts'

/**
 * What definitions do to each other where nobody asks for them yet. Pure.
 *
 *     finding    whoever asks for one class alone gets it   result
 *     cycle      yes                                        error class-cycle
 *     cycle      no: conditions, or classes that meet       warning class-cycle
 *     conflict   yes                                        error class-conflict
 *     conflict   no                                         nothing: that is what conflicts= is for
 */
export const checkDefinitions = (links: DefinitionLinks): readonly Diagnostic[] => {
  const possible = findCycles(withConditional(links))
  const isConflicting = hasConflicts(links)
  if (possible.length === 0 && !isConflicting) return []

  const cycles = new Map<string, Diagnostic>()
  for (const name of possible.length > 0 ? links.keys() : [])
    for (const cycle of findCycles(closureOf(name, links))) addOnce(cycles, cycleKey(cycle), cycle)

  const conflicts = new Map<string, Diagnostic>()
  // Dependencies first, so that a conflict is told of the lowest class that cannot be had.
  const ordered = isConflicting ? orderClasses({ roots: [...links.keys()], links }) : []
  for (const name of ordered) {
    const alone = closureOf(name, links)
    if (!hasConflicts(alone)) continue
    for (const conflict of findConflicts(alone, chainsFrom(name, alone)))
      addOnce(conflicts, conflictKey(conflict), conflict)
  }
  const certain = new Set([...cycles.values()].flatMap(placesOf))
  const doubtful = possible.filter(cycle => !placesOf(cycle).some(place => certain.has(place)))
  return [...cycles.values(), ...doubtful.map(toWarning), ...conflicts.values()]
}

const withConditional = (links: DefinitionLinks): DefinitionLinks =>
  new Map(
    [...links].map(([name, own]): [ClassName, Links] => [
      name,
      { ...own, requires: [...own.requires, ...own.unheld] },
    ]),
  )

/** What a host gets that asks for this class and nothing else, where no condition holds. */
const closureOf = (root: ClassName, all: DefinitionLinks): DefinitionLinks => {
  const requiredBy = (name: ClassName): readonly ClassName[] =>
    (all.get(name)?.requires ?? []).map(({ to }) => to).filter(to => all.has(to))
  const reached = reach(all.has(root) ? [root] : [], requiredBy)
  return new Map([...reached].map(name => [name, all.get(name) as Links]))
}

/** How each class comes in, so that a conflict can name both chains. */
const chainsFrom = (root: ClassName, links: DefinitionLinks): ReadonlyMap<ClassName, Reason> => {
  const deciding = new Map<ClassName, Reason>()
  for (const { requires } of links.values())
    for (const { from, to, origin } of requires)
      if (to !== root && !deciding.has(to)) deciding.set(to, { kind: 'requires', class: from, origin })
  return deciding
}

/** What tells cycles apart: their places, wherever they were entered. */
const cycleKey = (cycle: Diagnostic): string => placesOf(cycle).sort().join(' ')

/** What tells conflicts apart: the place, and both classes without their chains. */
const conflictKey = (conflict: Diagnostic): string =>
  `${placesOf(conflict)[0]} ${conflict.message.replaceAll(/ \([^)]*\)/g, '')}`

/**
 * Findings of definitions without those that hosts show already: a cycle over one of the
 * same places, a conflict of the same two classes. Pure.
 */
export const withoutShown = (
  found: readonly Diagnostic[],
  shown: readonly Diagnostic[],
): readonly Diagnostic[] => {
  const cyclePlaces = new Set(shown.filter(({ code }) => code === 'class-cycle').flatMap(placesOf))
  const conflicts = new Set(shown.filter(({ code }) => code === 'class-conflict').map(conflictKey))
  return found.filter(diagnostic =>
    diagnostic.code === 'class-cycle'
      ? !placesOf(diagnostic).some(place => cyclePlaces.has(place))
      : !conflicts.has(conflictKey(diagnostic)),
  )
}

const addOnce = (found: Map<string, Diagnostic>, key: string, diagnostic: Diagnostic): void => {
  if (!found.has(key)) found.set(key, diagnostic)
}

const placesOf = ({ origin, related = [] }: Diagnostic): string[] =>
  [origin, ...related].map((place: Origin) => JSON.stringify(place))

const toWarning = ({ message, origin, related }: Diagnostic): Diagnostic =>
  warningAt('class-cycle', `where conditions hold or classes meet: ${message}`, origin, related)
