import type { Catalog, ClassDefinition } from '../model/catalog.ts'
import { type ClassName, DEFAULT, foldClassName, LAST } from '../model/class-name.ts'
import { MAX_DEPENDENCY_DEPTH } from './bounds.ts'
import { linksForAll } from './links.ts'
import type { Reason } from './reasons.ts'

/**
 * A class that means the same for every host, and so does all that it requires: there is no condition, `after`,
 * `conflicts` or finding, and no cycle. Its order is worked out once.
 */
export type PlainClass = {
  readonly name: ClassName
  readonly definitions: readonly ClassDefinition[]
  /** All that it requires, then itself, in the order of step 3 (contract, section 3). */
  readonly order: readonly PlainClass[]
  /** What it requires, in the order written, and the reason that this is for the other. */
  readonly requires: readonly { readonly to: PlainClass; readonly reason: Reason }[]
  readonly depth: number
  readonly hasVariables: boolean
  /** Scratch of one resolution, undefined before and after it. */
  by: Reason[] | undefined
}

/** The plain classes of one catalog, worked out when they are first asked for. */
export type PlainClasses = {
  readonly size: number
  /** Undefined for a class that is not plain. */
  readonly known: Map<ClassName, PlainClass | undefined>
  readonly spellings: Map<string, ClassName>
  /** Some class was asked for in two spellings. */
  hasTwoSpellings: boolean
}

/** Longest order that is kept for one class; they are kept for many. */
const MAX_ORDER = 512

const ofCatalog = new WeakMap<Catalog, PlainClasses>()

/** The plain classes of a catalog. A catalog only grows; what was known of a smaller one is forgotten. */
export const plainClassesOf = (catalog: Catalog): PlainClasses => {
  const made = ofCatalog.get(catalog)
  if (made?.size === catalog.size) return made
  const fresh = { size: catalog.size, known: new Map(), spellings: new Map(), hasTwoSpellings: false }
  ofCatalog.set(catalog, fresh)
  return fresh
}

/** The class, if it is plain. */
export const plainClass = (
  name: ClassName,
  catalog: Catalog,
  classes: PlainClasses,
  level = 0,
): PlainClass | undefined => {
  const known = classes.known.get(name)
  if (known !== undefined || classes.known.has(name)) return known
  // Whoever meets it again before it is worked out has found a cycle.
  classes.known.set(name, undefined)
  const folded = foldClassName(name)
  if ((classes.spellings.get(folded) ?? name) !== name) classes.hasTwoSpellings = true
  classes.spellings.set(folded, name)
  const links = name === DEFAULT || name === LAST ? undefined : linksForAll(name, catalog)
  if (links === undefined || level > MAX_DEPENDENCY_DEPTH) return undefined
  const requires: { to: PlainClass; reason: Reason }[] = []
  for (const { from, to: needed, origin } of links.requires) {
    const to = plainClass(needed, catalog, classes, level + 1)
    if (to === undefined) return undefined
    requires.push({ to, reason: { kind: 'requires', class: from, origin } })
  }
  const made = plainFrom(name, catalog.get(folded) ?? [], requires)
  classes.known.set(name, made)
  return made
}

const plainFrom = (
  name: ClassName,
  definitions: readonly ClassDefinition[],
  requires: PlainClass['requires'],
): PlainClass | undefined => {
  const order = [...new Set(requires.flatMap(({ to }) => to.order))]
  const isFaulty = definitions.some(({ diagnostics }) => diagnostics.length > 0)
  if (isFaulty || order.length >= MAX_ORDER) return undefined
  const depth = requires.reduce((deepest, { to }) => Math.max(deepest, to.depth + 1), 0)
  const hasVariables = definitions.some(({ variables }) => variables.length > 0)
  const made: PlainClass = { name, definitions, order, requires, depth, hasVariables, by: undefined }
  order.push(made)
  return made
}
