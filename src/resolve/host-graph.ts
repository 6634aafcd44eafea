import type { Origin } from '../diagnostic/diagnostic.ts'
import { formatOrigin } from '../diagnostic/format.ts'
import type { Catalog } from '../model/catalog.ts'
import { type ClassGraph, type EdgeInput, type GraphNode, mergeEdges, nodeOf } from './class-graph.ts'
import type { Explanation } from './reasons.ts'

/**
 * The list of a host with its reasons: classes in list order, each with its position, and
 * the places that ask for them. Implicit classes stand alone. Pure.
 */
export const graphOfHost = (
  name: string,
  { because }: Pick<Explanation, 'because'>,
  catalog: Catalog,
): ClassGraph => {
  const places = new Map<string, GraphNode>()
  const edges = because.flatMap(({ class: to, by }) =>
    by.flatMap((reason): EdgeInput[] => {
      if (reason.kind === 'seed') {
        const place = placeOf(reason.origin)
        places.set(place.id, place)
        return [{ from: place.id, to, kind: 'seed', origin: reason.origin }]
      }
      if (reason.kind !== 'requires') return []
      const { class: from, origin, condition } = reason
      return [{ from, to, kind: 'requires', origin, ...(condition === undefined ? {} : { condition }) }]
    }),
  )
  const classes = because.map(({ class: name, by }, index): GraphNode => {
    const position = index + 1
    const { isDefined, ...node } = nodeOf(name, catalog, false)
    const isImplicit = by.some(({ kind }) => kind === 'implicit')
    return { ...node, label: `${position} ${name}`, position, ...(isImplicit ? {} : { isDefined }) }
  })
  return {
    title: `the classes of ${name}, and why`,
    nodes: [...classes, ...[...places.values()].sort((a, b) => (a.id < b.id ? -1 : 1))],
    edges: mergeEdges(edges),
  }
}

/** A record owner, an entry or a file; the space keeps its id apart from every class name. */
const placeOf = (origin: Origin): GraphNode => {
  const label = labelOf(origin)
  return { id: `place ${label}`, kind: 'place', label }
}

const labelOf = (origin: Origin): string => {
  switch (origin.kind) {
    case 'record':
      return origin.owner
    case 'entry':
      return origin.dn
    case 'file':
      return origin.path
    case 'option':
    case 'server':
    case 'packet':
    case 'device':
      return formatOrigin(origin)
  }
}
