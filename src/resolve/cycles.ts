import { type Diagnostic, errorAt, type Origin } from '../diagnostic/diagnostic.ts'
import type { ClassName } from '../model/class-name.ts'
import { stronglyConnected } from '../model/strongly-connected.ts'
import type { Link, LinkMap } from './links.ts'

/**
 * Every cycle in the graph of `requires` that hold and `after` among classes
 * present, as the error `class-cycle` with its path and the place of every link:
 * a class that names itself, and for each knot of classes one shortest cycle. Pure.
 */
export const findCycles = (links: LinkMap): readonly Diagnostic[] => {
  const edges = new Map([...links.keys()].map(name => [name, edgesOf(links, name)]))
  const selfLoops = [...edges.values()].flat().filter(({ from, to }) => from === to)
  const next = (name: ClassName): readonly ClassName[] => (edges.get(name) ?? []).map(({ to }) => to)
  const knots = stronglyConnected(edges.keys(), next).filter(knot => knot.length > 1)
  return [
    ...selfLoops.map(link => cycleError([link])),
    ...knots.map(knot => cycleError(shortestCycle(knot, edges))),
  ]
}

type Edges = ReadonlyMap<ClassName, readonly Link[]>

const edgesOf = (links: LinkMap, name: ClassName): readonly Link[] => {
  const own = links.get(name)
  return own === undefined ? [] : [...own.requires, ...own.after.filter(({ to }) => links.has(to))]
}

const cycleError = (links: readonly Link[]): Diagnostic => {
  const path = links.map(({ from, kind }) => `${from} ${kind}`).join(' ')
  const first = links[0] as Link
  const origins = links.map(({ origin }) => origin)
  return errorAt('class-cycle', `class cycle: ${path} ${first.from}`, origins[0] as Origin, origins.slice(1))
}

/** Breadth first from the first class of the knot back to itself. */
const shortestCycle = (knot: readonly ClassName[], edges: Edges): readonly Link[] => {
  const members = new Set(knot)
  const start = knot[0] as ClassName
  const reachedBy = new Map<ClassName, Link>()
  const queue = [start]
  for (const name of queue) {
    for (const link of edges.get(name) ?? []) {
      if (link.to === start && name !== start) return [...pathTo(name, start, reachedBy), link]
      if (link.to === name || !members.has(link.to) || reachedBy.has(link.to)) continue
      reachedBy.set(link.to, link)
      queue.push(link.to)
    }
  }
  throw new Error('a knot without a cycle')
}

const pathTo = (name: ClassName, start: ClassName, reachedBy: ReadonlyMap<ClassName, Link>): Link[] => {
  const path: Link[] = []
  for (let at = name; at !== start; ) {
    const link = reachedBy.get(at) as Link
    path.unshift(link)
    at = link.from
  }
  return path
}
