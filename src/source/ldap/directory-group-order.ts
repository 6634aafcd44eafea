import { stronglyConnected } from '../../model/strongly-connected.ts'

/** Groups by index, in the order in which they are read, and the sets of groups that contain each other. */
export type GroupOrder = {
  readonly order: readonly number[]
  readonly cycles: readonly (readonly number[])[]
}

/**
 * Orders groups so that a containing one comes before those it contains,
 * otherwise by index (contract, section 2.2). `contains[i]` are the groups that
 * group `i` holds directly. Groups of a cycle count as unordered among each
 * other. Pure, no recursion: nesting may be as deep as the directory is large.
 */
export const orderGroups = (contains: readonly (readonly number[])[]): GroupOrder => {
  const components = stronglyConnected(contains.keys(), group => contains[group] ?? [])
  const componentOf = new Map(components.flatMap((members, index) => members.map(member => [member, index])))
  const below = components.map((members, index) => {
    const inner = members
      .flatMap(member => contains[member] ?? [])
      .map(member => componentOf.get(member) ?? index)
    return new Set(inner.filter(inside => inside !== index))
  })
  const waitsFor = components.map(() => 0)
  for (const inner of below.flatMap(set => [...set])) waitsFor[inner] = (waitsFor[inner] ?? 0) + 1

  const left = components.map(members => members.length)
  const ready = components.flatMap((members, index) => (waitsFor[index] === 0 ? members : []))
  ready.sort((a, b) => b - a)
  const order: number[] = []
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    order.push(next)
    const component = componentOf.get(next) ?? 0
    left[component] = (left[component] ?? 0) - 1
    if (left[component] !== 0) continue
    for (const inner of below[component] ?? []) {
      waitsFor[inner] = (waitsFor[inner] ?? 0) - 1
      if (waitsFor[inner] === 0) for (const member of components[inner] ?? []) insert(ready, member)
    }
  }
  const isCycle = (members: readonly number[]): boolean =>
    members.length > 1 || members.some(member => contains[member]?.includes(member))
  const cycles = components.filter(isCycle).map(members => [...members].sort((a, b) => a - b))
  return { order, cycles: cycles.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0)) }
}

/** Keeps `ready` falling, so that the least one is at its end. */
const insert = (ready: number[], member: number): void => {
  let low = 0
  let high = ready.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ready[middle] ?? 0) > member) low = middle + 1
    else high = middle
  }
  ready.splice(low, 0, member)
}
