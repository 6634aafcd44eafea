/**
 * Strongly connected components (Tarjan 1972) of the graph that `nodes` lead to, each with its members in the order
 * in which they were found; a component comes after those that it leads to. `edgesOf` is asked once for each node.
 * Pure, no recursion: a chain may be as long as the data.
 */
export const stronglyConnected = <Node>(
  nodes: Iterable<Node>,
  edgesOf: (node: Node) => readonly Node[],
): readonly (readonly Node[])[] => {
  const components: Node[][] = []
  const found = new Map<Node, Visit<Node>>()
  const open: Node[] = []
  const enter = (node: Node): Visit<Node> => {
    const visit = { node, edges: edgesOf(node), next: 0, index: found.size, low: found.size, isOpen: true }
    found.set(node, visit)
    open.push(node)
    return visit
  }
  const close = ({ node }: Visit<Node>): void => {
    const component = open.splice(open.lastIndexOf(node))
    for (const member of component) (found.get(member) as Visit<Node>).isOpen = false
    components.push(component)
  }
  for (const root of nodes) {
    if (found.has(root)) continue
    const calls = [enter(root)]
    for (let visit = calls.at(-1); visit !== undefined; visit = calls.at(-1)) {
      if (visit.next < visit.edges.length) {
        const to = visit.edges[visit.next++] as Node
        const known = found.get(to)
        if (known === undefined) calls.push(enter(to))
        else if (known.isOpen) visit.low = Math.min(visit.low, known.index)
        continue
      }
      calls.pop()
      const caller = calls.at(-1)
      if (caller !== undefined) caller.low = Math.min(caller.low, visit.low)
      if (visit.low === visit.index) close(visit)
    }
  }
  return components
}

type Visit<Node> = {
  readonly node: Node
  readonly edges: readonly Node[]
  next: number
  readonly index: number
  low: number
  isOpen: boolean
}
