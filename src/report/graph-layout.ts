import { Graph, layout } from '@dagrejs/dagre'
import type { ClassGraph, GraphEdge, GraphNode } from '../resolve/class-graph.ts'

/** A place in the picture, in pixels from the upper left corner. */
export type Point = { readonly x: number; readonly y: number }

/** A node with its box; `x` and `y` are its middle. */
export type PlacedNode = Point & { readonly node: GraphNode; readonly width: number; readonly height: number }

/** An edge with the points it leads through, and where its text stands. */
export type PlacedEdge = {
  readonly edge: GraphEdge
  readonly points: readonly Point[]
  readonly labelAt?: Point
}

/** A graph with a place for everything. */
export type PlacedGraph = {
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
}

/** Width of one character of the font that the picture asks for, in pixels. */
const CHARACTER_WIDTH = 7.9

const NODE_HEIGHT = 26
const NODE_PADDING = 20
const LABEL_HEIGHT = 14
const MAX_BOW = 80
const MIN_LAYER_GAP = 60
const MAX_LAYER_GAP = 200

/**
 * Places a graph in layers from left to right, who asks left of who is asked for (the method
 * of Sugiyama, by dagre). Pure. `conflicts` says nothing about order and takes no part; such
 * an edge is a bow between two boxes.
 */
export const layOutGraph = ({ nodes, edges }: ClassGraph): PlacedGraph => {
  if (nodes.length === 0) return { width: 0, height: 0, nodes: [], edges: [] }
  const graph = new Graph({ multigraph: true })
  // The more lines there are, the more room between two layers is needed to follow one of them.
  const ranksep = Math.min(MAX_LAYER_GAP, MIN_LAYER_GAP + edges.length / 2)
  graph.setGraph({ rankdir: 'LR', nodesep: 12, edgesep: 6, ranksep, marginx: 16, marginy: 16 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, label } of nodes)
    graph.setNode(id, { width: widthOf(label) + NODE_PADDING, height: NODE_HEIGHT })
  edges.forEach((edge, index) => {
    if (edge.kind === 'conflicts') return
    const label = labelOf(edge)
    const size = label === undefined ? {} : { width: widthOf(label), height: LABEL_HEIGHT, labelpos: 'c' }
    graph.setEdge(edge.from, edge.to, { ...size, weight: edge.kind === 'after' ? 1 : 2 }, String(index))
  })
  layout(graph)

  const placed = new Map(nodes.map(node => [node.id, { node, ...box(graph.node(node.id)) }]))
  const layers = new Set([...placed.values()].map(({ x }) => Math.round(x)))
  const { width = 0, height = 0 } = graph.graph()
  return {
    width,
    height,
    nodes: [...placed.values()],
    edges: edges.map((edge, index): PlacedEdge => {
      if (edge.kind === 'conflicts') return { edge, points: bow(placed, edge) }
      const { points = [], x, y } = graph.edge(edge.from, edge.to, String(index))
      return {
        edge,
        points: edge.from === edge.to ? points : fromSideToSide(placed, edge, passages(points, layers, edge)),
        ...(labelOf(edge) === undefined ? {} : { labelAt: { x, y } }),
      }
    }),
  }
}

/** The text beside an edge; undefined where it has none. */
export const labelOf = ({ condition }: GraphEdge): string | undefined =>
  condition === undefined ? undefined : `[${condition}]`

const widthOf = (text: string): number => Math.ceil([...text].length * CHARACTER_WIDTH)

type Box = Point & { readonly width: number; readonly height: number }

const box = ({ x, y, width, height }: Box): Box => ({ x, y, width, height })

/**
 * The points where a line passes through a layer, between its boxes. Those halfway between two
 * layers are only made for texts, and a line without one is smoother without them.
 */
const passages = (points: readonly Point[], layers: ReadonlySet<number>, edge: GraphEdge): readonly Point[] =>
  points.slice(1, -1).filter(({ x }) => labelOf(edge) !== undefined || layers.has(Math.round(x)))

/** The same line from the middle of a side of one box to that of the other, where it can be told from others. */
const fromSideToSide = (
  placed: ReadonlyMap<string, PlacedNode>,
  { from, to }: GraphEdge,
  points: readonly Point[],
): readonly Point[] => {
  const [a, b] = [placed.get(from), placed.get(to)]
  if (a === undefined || b === undefined || a === b) return points
  const direction = a.x < b.x ? 1 : -1
  return [
    { x: a.x + (direction * a.width) / 2, y: a.y },
    ...points,
    { x: b.x - (direction * b.width) / 2, y: b.y },
  ]
}

/** From the border of one box to the border of the other in a bow, so that it does not run through boxes between them. */
const bow = (placed: ReadonlyMap<string, PlacedNode>, { from, to }: GraphEdge): readonly Point[] => {
  const [a, b] = [placed.get(from), placed.get(to)]
  if (a === undefined || b === undefined || a === b) return []
  if (Math.abs(a.x - b.x) < (a.width + b.width) / 2) return besideColumn(a, b)
  const [upper, lower] = a.y < b.y || (a.y === b.y && a.x < b.x) ? [a, b] : [b, a]
  const [dx, dy] = [lower.x - upper.x, lower.y - upper.y]
  const length = Math.hypot(dx, dy)
  const height = Math.min(MAX_BOW, length / 3)
  const top = {
    x: (a.x + b.x) / 2 + (dy / length) * height,
    y: (a.y + b.y) / 2 - (dx / length) * height,
  }
  return [borderTowards(a, top), top, borderTowards(b, top)]
}

/** Between two boxes of one layer: out to the right, where no box of the layer stands in the way. */
const besideColumn = (a: Box, b: Box): readonly Point[] => {
  const rightOf = ({ x, y, width }: Box): Point => ({ x: x + width / 2, y })
  const reach = Math.min(2 * MAX_BOW, MAX_BOW / 2 + Math.abs(a.y - b.y) / 4)
  const top = { x: Math.max(rightOf(a).x, rightOf(b).x) + reach, y: (a.y + b.y) / 2 }
  return [rightOf(a), top, rightOf(b)]
}

const borderTowards = ({ x, y, width, height }: Box, to: Point): Point => {
  const [dx, dy] = [to.x - x, to.y - y]
  const reach = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : width / 2 / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : height / 2 / Math.abs(dy),
  )
  return { x: x + dx * reach, y: y + dy * reach }
}
