import type { ClassName } from '../model/class-name.ts'
import type { Closure } from './closure.ts'

/**
 * The order of step 3 (contract, section 3): depth first from the roots; before a
 * class come the classes it requires, then those of its `after` that are present;
 * each class once, at its first place. Pure; the graph must have no cycle.
 */
export const orderClasses = ({ roots, links }: Closure): readonly ClassName[] => {
  const ordered = new Set<ClassName>()
  const started = new Set<ClassName>()
  // An explicit stack: a chain may be as long as the list, and a call stack is not ours to size.
  const stack: { name: ClassName; before: readonly ClassName[]; next: number }[] = []
  const start = (name: ClassName): void => {
    if (started.has(name)) return
    started.add(name)
    stack.push({ name, before: predecessors({ links }, name), next: 0 })
  }
  for (const root of roots) {
    start(root)
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const name = frame.before[frame.next++]
      if (name !== undefined) start(name)
      else ordered.add((stack.pop() as { name: ClassName }).name)
    }
  }
  return [...ordered]
}

/** Classes that stand directly before a class: those it requires, then those of its `after` that are present. */
export const predecessors = ({ links }: Pick<Closure, 'links'>, name: ClassName): readonly ClassName[] => {
  const own = links.get(name)
  if (own === undefined) return []
  return [...own.requires.map(({ to }) => to), ...own.after.map(({ to }) => to).filter(to => links.has(to))]
}

/** Length of the longest chain of `requires` that starts at a root; the graph must have no cycle. Pure. */
export const dependencyDepth = (ordered: readonly ClassName[], { links }: Closure): number => {
  const depths = new Map<ClassName, number>()
  for (const name of ordered) {
    const below = (links.get(name)?.requires ?? []).map(({ to }) => depths.get(to) ?? 0)
    depths.set(
      name,
      below.reduce((deepest, depth) => Math.max(deepest, depth + 1), 0),
    )
  }
  return [...depths.values()].reduce((deepest, depth) => Math.max(deepest, depth), 0)
}
