import type { Catalog } from '../model/catalog.ts'
import { type ClassName, foldClassName } from '../model/class-name.ts'
import { type Assignment, isImplicit } from './assignment.ts'
import { MAX_CLASSES } from './bounds.ts'
import { type LinkContext, type Links, linksOf } from './links.ts'
import type { Seeds } from './seeds.ts'

/** The set of step 3: every class present, with its links, in the order it was found. */
export type Closure = {
  readonly roots: readonly ClassName[]
  readonly links: ReadonlyMap<ClassName, Links>
  /** Classes whose definitions nobody has asked for yet; empty once the catalog holds all that is needed. */
  readonly unread: readonly ClassName[]
}

/**
 * Closes the facts, seeds and added classes under the `requires` that hold. Pure.
 * Goes by levels, so that live sources are asked once a level, and stops soon
 * after the bound on classes, which the resolver then reports.
 */
export const closeUnderRequires = (assignment: Assignment, seeds: Seeds, catalog: Catalog): Closure => {
  const context = linkContext(assignment, seeds, catalog)
  const roots = rootsOf(assignment, seeds)
  const links = new Map<ClassName, Links>()
  let level: readonly ClassName[] = roots
  while (level.length > 0 && links.size <= MAX_CLASSES) {
    const next = new Set<ClassName>()
    for (const name of level) links.set(name, linksOf(name, context))
    for (const name of level) {
      for (const { to } of links.get(name)?.requires ?? []) if (!links.has(to)) next.add(to)
    }
    level = [...next]
  }
  return { roots, links, unread: [...links.keys()].filter(name => !catalog.has(foldClassName(name))) }
}

/** What conditions of `requires` see: the facts, the seeds left, and the classes added by the caller. */
export const linkContext = (assignment: Assignment, { seeds }: Seeds, catalog: Catalog): LinkContext => {
  const seen = new Set([...assignment.facts, ...seeds.map(({ name }) => name), ...assignment.added])
  return { catalog, isImplicit: name => isImplicit(assignment, name), sees: name => seen.has(name) }
}

/** Facts, seeds and added classes in this order, each once, without implicit ones. Pure. */
export const rootsOf = (assignment: Assignment, { seeds }: Seeds): readonly ClassName[] => [
  ...new Set(
    [...assignment.facts, ...seeds.map(({ name }) => name), ...assignment.added].filter(
      name => !isImplicit(assignment, name),
    ),
  ),
]
