import { type Diagnostic, errorAt, type Origin } from '../diagnostic/diagnostic.ts'
import type { ClassName } from '../model/class-name.ts'
import type { Closure } from './closure.ts'
import type { Link } from './links.ts'

/**
 * Every cycle in the graph of `requires` that hold and `after` among classes
 * present, as the error `class-cycle` with its path and the place of every link:
 * a class that names itself, and for each knot of classes one shortest cycle. Pure.
 */
export const findCycles = (closure: Closure): readonly Diagnostic[] => {
  const edges = new Map([...closure.links.keys()].map(name => [name, edgesOf(closure, name)]))
  const selfLoops = [...edges.values()].flat().filter(({ from, to }) => from === to)
  const knots = stronglyConnected(edges).filter(knot => knot.length > 1)
  return [
    ...selfLoops.map(link => cycleError([link])),
    ...knots.map(knot => cycleError(shortestCycle(knot, edges))),
  ]
}

type Edges = ReadonlyMap<ClassName, readonly Link[]>

const edgesOf = ({ links }: Closure, name: ClassName): readonly Link[] => {
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

/** Tarjan's strongly connected components with an explicit stack; classes of a knot in the order they were found. */
const stronglyConnected = (edges: Edges): readonly (readonly ClassName[])[] => {
  const index = new Map<ClassName, number>()
  const low = new Map<ClassName, number>()
  const open: ClassName[] = []
  const isOpen = new Set<ClassName>()
  const knots: ClassName[][] = []
  const lower = (name: ClassName, value: number): void => {
    low.set(name, Math.min(low.get(name) as number, value))
  }
  for (const root of edges.keys()) {
    if (index.has(root)) continue
    const frames: { name: ClassName; next: number }[] = []
    const enter = (name: ClassName): void => {
      index.set(name, index.size)
      low.set(name, index.get(name) as number)
      open.push(name)
      isOpen.add(name)
      frames.push({ name, next: 0 })
    }
    enter(root)
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const { name } = frame
      const to = edges.get(name)?.[frame.next++]?.to
      if (to !== undefined) {
        if (!index.has(to)) enter(to)
        else if (isOpen.has(to)) lower(name, index.get(to) as number)
        continue
      }
      frames.pop()
      const parent = frames.at(-1)
      if (parent !== undefined) lower(parent.name, low.get(name) as number)
      if (low.get(name) === index.get(name)) {
        const knot = open.splice(open.lastIndexOf(name))
        for (const member of knot) isOpen.delete(member)
        knots.push(knot)
      }
    }
  }
  return knots
}
