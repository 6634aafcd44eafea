import type { ClassGraph, GraphEdge, GraphNode } from '../resolve/class-graph.ts'

/** A class graph as a flowchart of Mermaid (mermaid.js.org, "Flowcharts"). Nodes are numbered: a class may be called `end`. Pure. */
export const renderMermaid = ({ title, nodes, edges }: ClassGraph): string => {
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`]))
  const conflicts = edges.flatMap(({ kind }, index) => (kind === 'conflicts' ? [index] : []))
  return [
    `%% ${title.replaceAll(/\s+/g, ' ')}`,
    'flowchart LR',
    ...nodes.map((node, index) => `  n${index}${shape(node)}`),
    ...edges.map(edge => `  ${ids.get(edge.from)} ${arrow(edge)} ${ids.get(edge.to)}`),
    ...nodes.flatMap((node, index) => styles(node).map(style => `  style n${index} ${style}`)),
    ...(conflicts.length === 0 ? [] : [`  linkStyle ${conflicts.join(',')} stroke:red`]),
  ]
    .map(line => `${line}\n`)
    .join('')
}

const shape = ({ kind, label }: GraphNode): string =>
  kind === 'place' ? `(["${escapeText(label)}"])` : `["${escapeText(label)}"]`

const arrow = ({ kind, condition }: GraphEdge): string => {
  switch (kind) {
    case 'requires':
      return condition === undefined ? '-->' : `-->|"${escapeText(`[${condition}]`)}"|`
    case 'after':
      return '-.->'
    case 'conflicts':
      return 'x-.-x'
    case 'seed':
      return '-->'
  }
}

const styles = ({ isDefined, isFocus }: GraphNode): readonly string[] => [
  ...(isDefined === false ? ['stroke-dasharray:4'] : []),
  ...(isFocus ? ['stroke-width:3px'] : []),
]

/** Text in quotes, where only these characters mean something; they are written as entity codes. */
const escapeText = (text: string): string =>
  text.replaceAll(/["#<>&;]/g, character => `#${character.charCodeAt(0)};`).replaceAll(/\s+/g, ' ')
