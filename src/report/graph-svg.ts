import { formatOrigin } from '../diagnostic/format.ts'
import type { ClassGraph, GraphEdge, GraphNode } from '../resolve/class-graph.ts'
import {
  labelOf,
  layOutGraph,
  type PlacedEdge,
  type PlacedGraph,
  type PlacedNode,
  type Point,
} from './graph-layout.ts'
import { escapeXml } from './xml.ts'

const HEADER_HEIGHT = 44
const MIN_WIDTH = 560
/** From the middle of a line of text down to its base; not all programs know `dominant-baseline`. */
const BASELINE = 4.5

const STYLE = `
text { font: 13px "DejaVu Sans Mono", monospace; fill: #222 }
.title { font-weight: bold }
.node rect { fill: #f4f7fb; stroke: #456 }
.node.place rect { fill: #fff8e6; stroke: #a80 }
.node.unknown rect { stroke-dasharray: 4 3 }
.node.focus rect { stroke-width: 3 }
.node text { text-anchor: middle }
.edge path { fill: none; stroke: #567; marker-end: url(#arrow) }
.edge:hover path { stroke-width: 3 }
.edge.after path { stroke-dasharray: 6 4; stroke: #86a }
.edge.seed path { stroke: #a80 }
.edge.conflicts path { stroke: #c00; stroke-dasharray: 2 4; stroke-width: 2; marker-end: none }
.edge text { font-size: 11px; text-anchor: middle; stroke: #fff; stroke-width: 4; paint-order: stroke }
`.trim()

/** A class graph as an SVG 1.1 picture; origins and descriptions are shown where the pointer rests. Pure. */
export const renderSvg = (graph: ClassGraph): string => {
  const placed = layOutGraph(graph)
  const colours = coloursOf(placed.nodes)
  const header = legend(graph)
  const width = Math.ceil(
    Math.max(MIN_WIDTH, placed.width + roomBeside(placed), 16 + header.length * LEGEND_STEP),
  )
  const height = Math.ceil(placed.height + HEADER_HEIGHT)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escapeXml(graph.title)}</title>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">' +
      '<path d="M0,0L8,4L0,8z" fill="context-stroke"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text class="title" x="16" y="20">${escapeXml(graph.title)}</text>`,
    ...header,
    `<g transform="translate(0,${HEADER_HEIGHT})">`,
    ...placed.edges.map(edge => renderEdge(edge, colours.get(edge.edge.to) ?? '')),
    ...placed.nodes.map(renderNode),
    '</g>',
    '</svg>',
  ]
    .map(line => `${line}\n`)
    .join('')
}

/** How far lines reach beyond the boxes on the right. */
const roomBeside = ({ edges, width }: PlacedGraph): number =>
  Math.max(0, ...edges.flatMap(({ points }) => points.map(({ x }) => x - width)))

/** Dark enough on white, and far enough from each other, to follow one line among many. */
const COLOURS = ['#1f5fa8', '#a8521f', '#2b7a3d', '#7a3d9c', '#8a6d00', '#00737a', '#99335c', '#5a5a5a']

/** One colour for all lines that lead to a class; neighbours in a layer differ. */
const coloursOf = (nodes: readonly PlacedNode[]): ReadonlyMap<string, string> => {
  const layers = Map.groupBy(nodes, ({ x }) => x)
  return new Map(
    [...layers.values()].flatMap(layer =>
      [...layer]
        .sort((a, b) => a.y - b.y)
        .map(({ node }, index): [string, string] => [node.id, COLOURS[index % COLOURS.length] as string]),
    ),
  )
}

const LEGEND: Readonly<Record<GraphEdge['kind'], string>> = {
  seed: 'asks for',
  requires: 'requires',
  after: 'after',
  conflicts: 'conflicts',
}

const BOXES: Readonly<Record<string, string>> = {
  place: 'written at',
  unknown: 'not defined',
  focus: 'asked about',
}
const LEGEND_STEP = 140
const lineAt = (x: number): string => `<path d="M${x},38L${x + 36},38"/>`
const boxAt = (x: number): string => `<rect x="${x}" y="31" width="36" height="14" rx="3"/>`

/** One sample of each kind of line and of marked box that the picture has. */
const legend = ({ edges, nodes }: ClassGraph): readonly string[] => {
  const kinds = (Object.keys(LEGEND) as GraphEdge['kind'][]).filter(kind =>
    edges.some(edge => edge.kind === kind),
  )
  const boxes = Object.keys(BOXES).filter(mark => nodes.some(node => marksOf(node).includes(mark)))
  const samples = [
    ...kinds.map(kind => ({ is: `edge ${kind}`, text: LEGEND[kind], at: lineAt })),
    ...boxes.map(mark => ({ is: `node ${mark}`, text: BOXES[mark] ?? '', at: boxAt })),
  ]
  return samples.map(({ is, text, at }, index) => {
    const x = 16 + index * LEGEND_STEP
    return `<g class="${is}">${at(x)}</g><text x="${x + 42}" y="42">${text}</text>`
  })
}

const renderNode = ({ node, x, y, width, height }: PlacedNode): string => {
  const kinds = ['node', ...marksOf(node)].join(' ')
  const tip = node.description === undefined ? '' : `<title>${escapeXml(node.description)}</title>`
  const radius = node.kind === 'place' ? height / 2 : 3
  return (
    `<g class="${kinds}">${tip}<rect x="${round(x - width / 2)}" y="${round(y - height / 2)}" ` +
    `width="${round(width)}" height="${round(height)}" rx="${radius}"/>` +
    `<text x="${round(x)}" y="${round(y + BASELINE)}">${escapeXml(node.label)}</text></g>`
  )
}

const marksOf = ({ kind, isDefined, isFocus }: GraphNode): readonly string[] => [
  ...(kind === 'place' ? ['place'] : []),
  ...(isDefined === false ? ['unknown'] : []),
  ...(isFocus ? ['focus'] : []),
]

const renderEdge = ({ edge, points, labelAt }: PlacedEdge, colour: string): string => {
  const tip = [`${edge.from} ${LEGEND[edge.kind]} ${edge.to}`, ...edge.origins.map(formatOrigin)].join('\n')
  const isLevel = edge.kind !== 'conflicts' && edge.from !== edge.to
  const path = isLevel ? levelCurve(points) : looseCurve(points)
  const stroke = edge.kind === 'requires' ? ` style="stroke:${colour}"` : ''
  const label = labelOf(edge)
  const text =
    label === undefined || labelAt === undefined
      ? ''
      : `<text x="${round(labelAt.x)}" y="${round(labelAt.y + BASELINE)}">${escapeXml(label)}</text>`
  return `<g class="edge ${edge.kind}"><title>${escapeXml(tip)}</title><path d="${path}"${stroke}/>${text}</g>`
}

/** A line that leaves and reaches every point of a layer level, so that its end shows where it comes from. */
const levelCurve = ([first, ...others]: readonly Point[]): string => {
  if (first === undefined) return ''
  const bends = others.map((point, index) => {
    const before = index === 0 ? first : (others[index - 1] as Point)
    const x = (before.x + point.x) / 2
    return `C${at({ x, y: before.y })} ${at({ x, y: point.y })} ${at(point)}`
  })
  return `M${at(first)}${bends.join('')}`
}

/** A line that only bends towards the points between its ends. */
const looseCurve = ([first, ...others]: readonly Point[]): string => {
  const last = others.at(-1)
  if (first === undefined || last === undefined) return ''
  const bends = others.slice(0, -1).map((point, index) => {
    const next = others[index + 1] as Point
    return `Q${at(point)} ${at(next === last ? last : middle(point, next))}`
  })
  return `M${at(first)}${bends.join('')}`
}

const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })

const at = ({ x, y }: Point): string => `${round(x)},${round(y)}`

const round = (value: number): string => String(Math.round(value * 10) / 10)
