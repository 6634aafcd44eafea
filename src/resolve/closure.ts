import type { Catalog } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import { type Assignment, implicitClasses, isImplicit, withoutImplicitGiven } from './assignment.ts'
import { MAX_CLASSES } from './bounds.ts'
import { type LinkContext, type LinkMap, type Links, linksOf } from './links.ts'
import { collectSeeds, type Seeds } from './seeds.ts'

/** The set of step 3: every class present, with its links, in the order it was found. */
export type Closure = {
  readonly roots: readonly ClassName[]
  readonly links: LinkMap
  /** More than `MAX_CLASSES` would be present: `links` holds those that were looked at until this was certain. */
  readonly isTooLarge: boolean
}

/** Yields the classes whose definitions are needed next, each once, and takes a catalog that holds those. */
type Levels<Result> = Generator<readonly ClassName[], Result, Catalog>

/** Closes the facts, seeds and added classes under the `requires` that hold. Pure. */
export const closeUnderRequires = (assignment: Assignment, seeds: Seeds, catalog: Catalog): Closure => {
  const levels = closeByLevels(assignment, seeds)
  let step = levels.next()
  while (step.done !== true) step = levels.next(catalog)
  return step.value
}

/**
 * The classes whose definitions decide the list of one host, level by level, for a source that is asked once a level:
 * a class comes when a definition of the level before names it. Pure; ends once the list would be too long.
 */
export function* classesToRead(asked: Assignment): Levels<void> {
  const { assignment } = withoutImplicitGiven(asked)
  const { below, above } = implicitClasses(assignment)
  const levels = closeByLevels(assignment, collectSeeds(assignment))
  let step = levels.next()
  let catalog = yield [...below, ...(step.done === true ? [] : step.value), ...above]
  for (step = levels.next(catalog); step.done !== true; step = levels.next(catalog))
    catalog = yield step.value
}

/** By levels and not depth first, so that live sources are asked once a level. */
function* closeByLevels(assignment: Assignment, seeds: Seeds): Levels<Closure> {
  const context = linkContext(assignment, seeds)
  const roots = rootsOf(assignment, seeds)
  const links = new Map<ClassName, Links>()
  const present = new Set(roots)
  for (let level = roots; level.length > 0 && present.size <= MAX_CLASSES; ) {
    const catalog = yield level
    const next: ClassName[] = []
    for (const name of level) {
      const own = linksOf(name, catalog, context)
      links.set(name, own)
      for (const { to } of own.requires) {
        if (present.has(to)) continue
        present.add(to)
        next.push(to)
      }
      if (present.size > MAX_CLASSES) break
    }
    level = next
  }
  return { roots, links, isTooLarge: present.size > MAX_CLASSES }
}

/** What conditions of `requires` see: the facts, the seeds left, and the classes added by the caller. */
export const linkContext = (assignment: Assignment, { seeds }: Seeds): LinkContext => {
  const seen = new Set([...assignment.facts, ...seeds.map(({ name }) => name), ...assignment.added])
  return { isImplicit: name => isImplicit(assignment, name), sees: name => seen.has(name) }
}

/** Facts, seeds and added classes in this order, each once, without implicit ones. Pure. */
const rootsOf = (assignment: Assignment, { seeds }: Seeds): readonly ClassName[] => [
  ...new Set(
    [...assignment.facts, ...seeds.map(({ name }) => name), ...assignment.added].filter(
      name => !isImplicit(assignment, name),
    ),
  ),
]
