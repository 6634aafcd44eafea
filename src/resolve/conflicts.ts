import { type Diagnostic, errorAt, type Origin } from '../diagnostic/diagnostic.ts'
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
  const conflicts = conflictsIn(links)
  const shown = conflicts.slice(0, MAX_SHOWN_CONFLICTS).map(({ from, to, origin }) => {
    const [one, other] = [chainTo(from, deciding), chainTo(to, deciding)]
    const message = `${from} (${one.text}) conflicts with ${to} (${other.text})`
    return errorAt('class-conflict', message, origin, withoutRepeats([...one.origins, ...other.origins]))
  })
  const [next, ...others] = conflicts.slice(MAX_SHOWN_CONFLICTS)
  if (next === undefined) return shown
  const message = `${next.from} conflicts with ${next.to}, and so do ${others.length} more pairs of classes`
  return [...shown, errorAt('class-conflict', message, next.origin)]
}

type Deciding = ReadonlyMap<ClassName, Reason>

/** Conflicts that are told with both chains, which may be as long as the list; of the others there may be millions. */
export const MAX_SHOWN_CONFLICTS = 100

/** The first link of each pair of classes present. */
const conflictsIn = (links: LinkMap): readonly Link[] => {
  const reported = new Set<string>()
  return [...links.values()].flatMap(({ conflicts }) =>
    conflicts.filter(({ from, to }) => {
      const pair = from < to ? `${from} ${to}` : `${to} ${from}`
      if (!links.has(to) || reported.has(pair)) return false
      reported.add(pair)
      return true
    }),
  )
}

/** A string that asks for both sides stands in both chains. */
const withoutRepeats = (origins: readonly Origin[]): readonly Origin[] => [
  ...new Map(origins.map(origin => [JSON.stringify(origin), origin])).values(),
]

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
