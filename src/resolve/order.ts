import type { ClassName } from '../model/class-name.ts'
import type { Closure } from './closure.ts'
import type { LinkMap } from './links.ts'

/**
 * The order of step 3 (contract, section 3): depth first from the roots; before a
 * class come the classes it requires, then those of its `after` that are present;
 * each class once, at its first place. Pure; the graph must have no cycle.
 */
export const orderClasses = ({ roots, links }: Pick<Closure, 'roots' | 'links'>): readonly ClassName[] => {
  const ordered = new Set<ClassName>()
  const started = new Set<ClassName>()
  // An explicit stack: a chain may be as long as the list, and a call stack is not ours to size.
  const stack: { name: ClassName; before: readonly ClassName[]; next: number }[] = []
  const start = (name: ClassName): void => {
    if (started.has(name)) return
    started.add(name)
    stack.push({ name, before: predecessors(links, name), next: 0 })
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
const predecessors = (links: LinkMap, name: ClassName): readonly ClassName[] => {
  const own = links.get(name)
  if (own === undefined) return []
  if (own.after.length === 0) return own.requires.map(({ to }) => to)
  return [...own.requires.map(({ to }) => to), ...own.after.map(({ to }) => to).filter(to => links.has(to))]
}

/**
 * Length of the longest chain of `requires` in a list that `orderClasses` made; undefined where its graph of `requires` and
 * `after` has a cycle. Pure.
 */
export const dependencyDepth = (ordered: readonly ClassName[], links: LinkMap): number | undefined => {
  const depths = new Map<ClassName, number>()
  let deepest = 0
  for (const name of ordered) {
    const own = links.get(name)
    let depth = 0
    // Made depth first, a list has a class behind one that must stand behind it only on a cycle.
    for (const { to } of own?.requires ?? []) {
      const below = depths.get(to)
      if (below === undefined) return undefined
      if (below >= depth) depth = below + 1
    }
    for (const { to } of own?.after ?? []) if (links.has(to) && !depths.has(to)) return undefined
    depths.set(name, depth)
    if (depth > deepest) deepest = depth
  }
  return deepest
}
