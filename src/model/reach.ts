/** The nodes given and all that they lead to, in the order in which they are found; each is asked once. Pure. */
export const reach = <Node>(
  from: Iterable<Node>,
  next: (node: Node) => Iterable<Node>,
): ReadonlySet<Node> => {
  const reached = new Set(from)
  // A set is walked in the order in which it grows.
  for (const node of reached) for (const to of next(node)) reached.add(to)
  return reached
}
