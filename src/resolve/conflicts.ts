import { type Diagnostic, errorAt, type Origin } from '../diagnostic/diagnostic.ts'
import { withoutRepeats } from '../diagnostic/without-repeats.ts'
import type { ClassName } from '../model/class-name.ts'
import type { Link, LinkMap } from './links.ts'
import type { Reason } from './reasons.ts'

/** Whether any class present says that it excludes another one present. Pure. */
export const hasConflicts = (links: LinkMap): boolean => {
  for (const { conflicts } of links.values()) if (conflicts.some(({ to }) => links.has(to))) return true
  return false
}

/**
 * The error `class-conflict` for each pair of classes present that one of them says exclude each other, with both
 * chains; `deciding` is why each class is there, where another one requires it or somebody asks for it. Pure.
 */
export const findConflicts = (links: LinkMap, deciding: Deciding): readonly Diagnostic[] => {
  const found: Diagnostic[] = []
  for (const { from, to, origin } of conflictsIn(links)) {
    if (found.length === MAX_TOLD_CONFLICTS) {
      const message = `more than ${MAX_TOLD_CONFLICTS} pairs of classes exclude each other, as ${from} and ${to} do; the others are not told`
      return [...found, errorAt('class-conflict', message, origin)]
    }
    const [one, other] = [chainTo(from, deciding), chainTo(to, deciding)]
    const message = `${from} (${one.text}) conflicts with ${to} (${other.text})`
    // A string that asks for both sides stands in both chains.
    found.push(errorAt('class-conflict', message, origin, withoutRepeats([...one.origins, ...other.origins])))
  }
  return found
}

type Deciding = ReadonlyMap<ClassName, Reason>

/** Conflicts that are told: there may be millions, each with two chains as long as the list. */
export const MAX_TOLD_CONFLICTS = 100

/** The first link of each pair of classes present. */
function* conflictsIn(links: LinkMap): Generator<Link> {
  const passed = new Set<string>()
  for (const { conflicts } of links.values()) {
    for (const link of conflicts) {
      const pair = [link.from, link.to].sort().join(' ')
      if (!links.has(link.to) || passed.has(pair)) continue
      passed.add(pair)
      yield link
    }
  }
}

type Chain = { readonly text: string; readonly origins: readonly Origin[] }

/** How a class came in: along its deciding reasons back to what was asked for. */
const chainTo = (name: ClassName, deciding: Deciding): Chain => {
  const names: ClassName[] = [name]
  const origins: Origin[] = []
  for (let at = name; ; ) {
    const reason = deciding.get(at)
    if (reason === undefined) break
    origins.unshift(reason.origin)
    if (reason.kind !== 'requires' || names.includes(reason.class)) break
    at = reason.class
    names.unshift(at)
  }
  return { text: names.length === 1 ? 'asked for itself' : names.join(' requires '), origins }
}
