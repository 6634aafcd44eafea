import { type Catalog, type ClassDefinition, definitionsOf } from '../model/catalog.ts'
import { type ClassName, DEFAULT, foldClassName, LAST } from '../model/class-name.ts'
import { MAX_DEPENDENCY_DEPTH } from './bounds.ts'
import { stringsInOrder } from './links.ts'

/**
 * A class that means the same for every host, and so does all that it requires: there is no condition, `after`,
 * `conflicts` or finding, and no cycle.
 */
export type PlainClass = {
  readonly name: ClassName
  /** Its place among the known classes of its catalog, counted from 0. */
  readonly number: number
  /** In the order written, each once. */
  readonly requires: readonly PlainClass[]
  readonly depth: number
  /** Nothing defines it, or something that it requires. */
  readonly bringsUndefined: boolean
  /** It sets variables, or something that it requires does. */
  readonly bringsVariables: boolean
}

/** The plain classes of one catalog, worked out when they are first asked for. */
export type PlainClasses = {
  readonly catalog: Catalog
  /** Undefined for a class that is not plain. */
  readonly known: Map<ClassName, PlainClass | undefined>
  /** The one spelling in which each class is plain, by its folded name. */
  readonly spellings: Map<string, ClassName>
  /** The last list that took each class, by the number of the class: marks that need no wiping from host to host. */
  readonly takenBy: number[]
  /** How many lists were made. */
  lists: number
}

const ofCatalog = new WeakMap<Catalog, PlainClasses>()

/** The plain classes of a catalog, to which no more is added. */
export const plainClassesOf = (catalog: Catalog): PlainClasses => {
  const made = ofCatalog.get(catalog)
  if (made !== undefined) return made
  const fresh = { catalog, known: new Map(), spellings: new Map(), takenBy: [], lists: 0 }
  ofCatalog.set(catalog, fresh)
  return fresh
}

/** The class, if it is plain. */
export const plainClass = (name: ClassName, classes: PlainClasses): PlainClass | undefined =>
  // Most are known.
  classes.known.get(name) ?? workOut(name, classes, 0)

const workOut = (name: ClassName, classes: PlainClasses, level: number): PlainClass | undefined => {
  const { known, catalog } = classes
  if (known.has(name)) return known.get(name)
  const number = known.size
  // Whoever meets it again before it is worked out has found a cycle.
  known.set(name, undefined)
  classes.takenBy.push(0)
  const definitions = definitionsOf(catalog, name)
  const isOwnWay = isOtherSpelling(name, classes) || name === DEFAULT || name === LAST
  if (isOwnWay || level > MAX_DEPENDENCY_DEPTH || !definitions.every(isPlain)) return undefined
  const requires = new Set<PlainClass>()
  for (const { tokens } of stringsInOrder(definitions, 'requires')) {
    for (const token of tokens) {
      const needed = workOut(token.name, classes, level + 1)
      if (needed === undefined) return undefined
      requires.add(needed)
    }
  }
  const below = [...requires]
  const depth = below.reduce((deepest, needed) => Math.max(deepest, needed.depth + 1), 0)
  if (depth > MAX_DEPENDENCY_DEPTH) return undefined
  const sets = definitions.some(({ variables }) => variables.length > 0)
  const made = {
    name,
    number,
    requires: below,
    depth,
    bringsUndefined: definitions.length === 0 || below.some(({ bringsUndefined }) => bringsUndefined),
    bringsVariables: sets || below.some(({ bringsVariables }) => bringsVariables),
  }
  known.set(name, made)
  return made
}

/** Only the first spelling of a class is plain, so that no host gets two in silence. */
const isOtherSpelling = (name: ClassName, { spellings }: PlainClasses): boolean => {
  const folded = foldClassName(name)
  const first = spellings.get(folded)
  if (first === undefined) spellings.set(folded, name)
  return first !== undefined
}

const isPlain = ({ requires, after, conflicts, diagnostics }: ClassDefinition): boolean =>
  after.length + conflicts.length + diagnostics.length === 0 &&
  requires.every(({ condition }) => condition === undefined)
