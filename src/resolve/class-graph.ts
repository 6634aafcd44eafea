import type { Origin } from '../diagnostic/diagnostic.ts'
import { type Catalog, definitionsOf } from '../model/catalog.ts'
import { type ClassName, foldClassName } from '../model/class-name.ts'
import { reach } from '../model/reach.ts'
import { type DefinitionLinks, definitionLinks } from './definition-links.ts'
import type { Link, Links } from './links.ts'

/** A class, or a place that asks for classes: a record owner, an entry, a file. */
export type GraphNode = {
  /** The class name; for a place a text that is none. */
  readonly id: string
  readonly kind: 'class' | 'place'
  readonly label: string
  /** Place in the list, counted from 1. */
  readonly position?: number
  /** Whether a definition stands behind the class. */
  readonly isDefined?: boolean
  /** The one that was asked for. */
  readonly isFocus?: boolean
  readonly description?: string
}

/** `from` asks for `to`, stands after it, or excludes it. */
export type GraphEdge = {
  readonly from: string
  readonly to: string
  readonly kind: 'requires' | 'after' | 'conflicts' | 'seed'
  readonly condition?: string
  /** Every record, value or line that says so. */
  readonly origins: readonly Origin[]
}

/** Classes and what they are to each other, as data; every list is in one order. */
export type ClassGraph = {
  readonly title: string
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** The dependencies of all classes, or of those that one class needs and that need it. Pure. */
export const graphOfClasses = (catalog: Catalog, focus?: ClassName): ClassGraph => {
  const links = definitionLinks(catalog)
  const own = focus === undefined ? undefined : spellingOf(focus, links)
  const shown = own === undefined ? new Set(links.keys()) : aroundOf(own, links)
  const edges = [...links.values()]
    .flatMap(allLinks)
    .filter(({ from, to }) => shown.has(from) && shown.has(to))
  return {
    title: own === undefined ? 'all classes' : `what ${own} needs, and what needs it`,
    nodes: [...shown].sort().map(name => nodeOf(name, catalog, name === own)),
    edges: mergeEdges(edges),
  }
}

/** The spelling under which a class is in the graph; undefined where no definition is about it or names it. */
export const spellingOf = (name: ClassName, links: DefinitionLinks): ClassName | undefined =>
  links.has(name) ? name : [...links.keys()].find(known => foldClassName(known) === foldClassName(name))

/** A class as a node. */
export const nodeOf = (name: ClassName, catalog: Catalog, isFocus: boolean): GraphNode => {
  const definitions = definitionsOf(catalog, name)
  const description = definitions.find(definition => definition.description !== undefined)?.description
  return {
    id: name,
    kind: 'class',
    label: name,
    isDefined: definitions.length > 0,
    ...(isFocus ? { isFocus } : {}),
    ...(description === undefined ? {} : { description }),
  }
}

/** Edges in one order, those that say the same as one with all its places. */
export const mergeEdges = (edges: readonly EdgeInput[]): readonly GraphEdge[] => {
  const merged = new Map<string, { first: EdgeInput; origins: Origin[] }>()
  for (const edge of edges) {
    const key = [edge.from, edge.to, edge.kind, edge.condition ?? ''].join('\0')
    const known = merged.get(key)
    if (known === undefined) merged.set(key, { first: edge, origins: [edge.origin] })
    else known.origins.push(edge.origin)
  }
  return [...merged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { first, origins }]) => {
      const { from, to, kind, condition } = first
      return { from, to, kind, ...(condition === undefined ? {} : { condition }), origins }
    })
}

/** One place where an edge is said. */
export type EdgeInput = Omit<GraphEdge, 'origins'> & { readonly origin: Origin }

const allLinks = ({ requires, unheld, after, conflicts }: Links): readonly Link[] => [
  ...requires,
  ...unheld,
  ...after,
  ...conflicts,
]

/** The class, all that it needs, all that need it, and its own neighbours by `after` and `conflicts`. */
const aroundOf = (focus: ClassName, links: DefinitionLinks): ReadonlySet<ClassName> => {
  const needs = new Map<ClassName, ClassName[]>()
  const neededBy = new Map<ClassName, ClassName[]>()
  const note = (map: Map<ClassName, ClassName[]>, key: ClassName, value: ClassName): void => {
    const values = map.get(key)
    if (values === undefined) map.set(key, [value])
    else values.push(value)
  }
  const neighbours: ClassName[] = []
  for (const own of links.values()) {
    for (const { from, to } of [...own.requires, ...own.unheld]) {
      note(needs, from, to)
      note(neededBy, to, from)
    }
    for (const { from, to } of [...own.after, ...own.conflicts]) {
      if (from === focus) neighbours.push(to)
      if (to === focus) neighbours.push(from)
    }
  }
  const along = (next: typeof needs) => reach([focus], name => next.get(name) ?? [])
  return new Set([...along(needs), ...along(neededBy), ...neighbours])
}
