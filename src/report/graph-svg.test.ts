import t from 'tap'
import type { ClassGraph, GraphEdge, GraphNode } from '../resolve/class-graph.ts'
import { renderDot } from './graph-dot.ts'
import { layOutGraph } from './graph-layout.ts'
import { renderMermaid } from './graph-mermaid.ts'
import { renderSvg } from './graph-svg.ts'

const node = (id: string, more: Partial<GraphNode> = {}): GraphNode => ({
  id,
  kind: 'class',
  label: id,
  ...more,
})

const edge = (from: string, to: string, kind: GraphEdge['kind'], condition?: string): GraphEdge => ({
  from,
  to,
  kind,
  origins: [{ kind: 'file', path: 'a.zone', line: 3 }],
  ...(condition === undefined ? {} : { condition }),
})

const ODD: ClassGraph = {
  title: 'odd "<names>" & \\ more',
  nodes: [
    node('A', { isDefined: false, description: 'a\n"b" <c>' }),
    node('B', { isFocus: true }),
    node('end'),
    node('place cn="x"', { kind: 'place', label: 'cn="x"' }),
  ],
  edges: [
    edge('A', 'A', 'requires'),
    edge('A', 'B', 'requires', 'X && !Y'),
    edge('B', 'A', 'after'),
    edge('A', 'end', 'conflicts'),
    edge('B', 'B', 'conflicts'),
    edge('place cn="x"', 'end', 'seed'),
  ],
}

t.test('dot: quotes are escaped, every kind of line has its style', async t => {
  t.strictSame(renderDot(ODD).split('\n'), [
    'digraph classes {',
    '  graph [rankdir=LR, label="odd \\"<names>\\" & \\\\ more", labelloc=t]',
    '  node [shape=box, fontname="monospace"]',
    '  edge [fontname="monospace", fontsize=10]',
    '  "A" [style=dashed, tooltip="a \\"b\\" <c>"]',
    '  "B" [penwidth=3]',
    '  "end"',
    '  "place cn=\\"x\\"" [label="cn=\\"x\\"", style=rounded]',
    '  "A" -> "A"',
    '  "A" -> "B" [label="[X && !Y]"]',
    '  "B" -> "A" [style=dashed]',
    '  "A" -> "end" [style=dotted, color=red, dir=none, constraint=false]',
    '  "B" -> "B" [style=dotted, color=red, dir=none, constraint=false]',
    '  "place cn=\\"x\\"" -> "end" [color=gray]',
    '}',
    '',
  ])
})

t.test('mermaid: nodes are numbered, text is escaped', async t => {
  t.strictSame(renderMermaid(ODD).split('\n'), [
    '%% odd "<names>" & \\ more',
    'flowchart LR',
    '  n0["A"]',
    '  n1["B"]',
    '  n2["end"]',
    '  n3(["cn=#34;x#34;"])',
    '  n0 --> n0',
    '  n0 -->|"[X #38;#38; !Y]"| n1',
    '  n1 -.-> n0',
    '  n0 x-.-x n2',
    '  n1 x-.-x n1',
    '  n3 --> n2',
    '  style n0 stroke-dasharray:4',
    '  style n1 stroke-width:3px',
    '  linkStyle 3,4 stroke:red',
    '',
  ])
})

t.test('svg: text is escaped, cycles and lines to oneself are drawn', async t => {
  const svg = renderSvg(ODD)
  t.match(svg, '<title>odd &quot;&lt;names&gt;&quot; &amp; \\ more</title>')
  t.match(svg, '<text class="title"')
  t.match(svg, '[X &amp;&amp; !Y]')
  t.match(svg, '<g class="node unknown">')
  t.match(svg, '<g class="node focus">')
  t.match(svg, '<g class="node place">')
  t.notMatch(svg, /NaN|undefined/)
})

t.test('a graph without anything is a picture too', async t => {
  const empty: ClassGraph = { title: 'all classes', nodes: [], edges: [] }
  t.match(renderSvg(empty), /^<svg [\s\S]*<\/svg>\n$/)
  t.notMatch(renderSvg(empty), /NaN|undefined|Infinity/)
})

/** 100 classes in 5 layers, each with 3 dependencies in the layer below. */
const LARGE: ClassGraph = {
  title: 'all classes',
  nodes: Array.from({ length: 100 }, (_, index) => node(`CLASS_${index}`)),
  edges: Array.from({ length: 80 }, (_, index) =>
    [0, 1, 2].map(turn => {
      const [layer, place] = [Math.floor(index / 20), index % 20]
      return edge(`CLASS_${index}`, `CLASS_${(layer + 1) * 20 + ((place * 7 + turn * 5) % 20)}`, 'requires')
    }),
  ).flat(),
}

t.test('100 classes: no boxes overlap, everything is inside, the same bytes twice', async t => {
  const { nodes, width, height } = layOutGraph(LARGE)
  const overlaps = nodes.flatMap((a, index) =>
    nodes
      .slice(index + 1)
      .filter(
        b => Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2,
      ),
  )
  t.strictSame(overlaps, [])
  t.ok(
    nodes.every(
      ({ x, y, ...box }) =>
        x >= box.width / 2 &&
        y >= box.height / 2 &&
        x <= width - box.width / 2 &&
        y <= height - box.height / 2,
    ),
  )
  t.ok(width < 4000 && height < 4000, `${width} x ${height}`)
  t.equal(renderSvg(LARGE), renderSvg(LARGE))
})

t.test(
  'a conflict inside a layer runs beside the boxes between, and the picture has room for it',
  async t => {
    const names = ['A', 'B', 'C', 'D', 'E']
    const graph: ClassGraph = {
      title: 'all classes',
      nodes: names.map(name => node(name)),
      edges: [edge('A', 'E', 'conflicts'), edge('D', 'B', 'conflicts')],
    }
    const { nodes, edges, width } = layOutGraph(graph)
    const right = Math.max(...nodes.map(({ x, width }) => x + width / 2))
    for (const { points } of edges) {
      t.ok(points.every(({ x }) => x >= right))
      const furthest = Math.max(...points.map(({ x }) => x))
      t.ok(furthest > right)
      t.ok(Number(/ width="(\d+)"/.exec(renderSvg(graph))?.[1]) >= Math.max(width, furthest))
    }
  },
)

t.test('the legend names every kind of line and mark that the picture has, and no other', async t => {
  const texts = (graph: ClassGraph): readonly string[] =>
    [...renderSvg(graph).matchAll(/<text x="\d+" y="42">([^<]*)</g)].map(([, text = '']) => text)
  t.strictSame(texts(ODD), [
    'asks for',
    'requires',
    'after',
    'conflicts',
    'written at',
    'not defined',
    'asked about',
  ])
  t.strictSame(texts(LARGE), ['requires'])
})
