import type { ClassGraph, GraphEdge, GraphNode } from '../resolve/class-graph.ts'

/** A class graph in the language of Graphviz (graphviz.org, "DOT Language"). Pure. */
export const renderDot = ({ title, nodes, edges }: ClassGraph): string =>
  [
    'digraph classes {',
    `  graph [rankdir=LR, label=${quoteDot(title)}, labelloc=t]`,
    '  node [shape=box, fontname="monospace"]',
    '  edge [fontname="monospace", fontsize=10]',
    ...nodes.map(node => `  ${quoteDot(node.id)}${attributes(nodeAttributes(node))}`),
    ...edges.map(
      edge => `  ${quoteDot(edge.from)} -> ${quoteDot(edge.to)}${attributes(edgeAttributes(edge))}`,
    ),
    '}',
  ]
    .map(line => `${line}\n`)
    .join('')

const nodeAttributes = ({ id, label, kind, isDefined, isFocus, description }: GraphNode): string[] => [
  ...(label === id ? [] : [`label=${quoteDot(label)}`]),
  ...(kind === 'place' ? ['style=rounded'] : isDefined === false ? ['style=dashed'] : []),
  ...(isFocus ? ['penwidth=3'] : []),
  ...(description === undefined ? [] : [`tooltip=${quoteDot(description)}`]),
]

const edgeAttributes = ({ kind, condition }: GraphEdge): string[] => {
  const label = condition === undefined ? [] : [`label=${quoteDot(`[${condition}]`)}`]
  switch (kind) {
    case 'requires':
      return label
    case 'after':
      return ['style=dashed']
    case 'conflicts':
      return ['style=dotted', 'color=red', 'dir=none', 'constraint=false']
    case 'seed':
      return ['color=gray']
  }
}

const attributes = (list: readonly string[]): string => (list.length === 0 ? '' : ` [${list.join(', ')}]`)

/** A quoted string: a backslash begins an escape there, a line end is one. */
const quoteDot = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll(/\s+/g, ' ')}"`
