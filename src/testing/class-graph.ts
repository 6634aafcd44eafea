import type { Random } from './random.ts'

/** Classes with what they require, in the order written, and hosts with what they ask for. Names hold no dots. */
export type ClassGraph = {
  readonly requires: ReadonlyMap<string, readonly string[]>
  readonly hosts: ReadonlyMap<string, readonly string[]>
}

/** A random graph without a cycle; `name` goes before every name, so that several graphs fit into one inventory. */
export const drawGraph = (random: Random, name: string, hosts = 5): ClassGraph => {
  const count = 1 + random.below(24)
  const classes = Array.from({ length: count }, (_, index) => `${name}_C${index}`)
  // A random order decides who may require whom, so that names and numbers mean nothing.
  const order = random.sample(classes, count)
  const requires = order.map(
    (one, index) => [one, random.sample(order.slice(0, index), random.below(5))] as const,
  )
  return {
    requires: new Map(requires),
    hosts: new Map(
      Array.from({ length: hosts }, (_, index) => [
        `${name.toLowerCase()}h${index}`,
        random.sample(classes, 1 + random.below(8)),
      ]),
    ),
  }
}

/** Classes in layers, each of which requires three of the layer below; lists of hosts hold exactly `listed` classes. */
export const layeredGraph = (
  random: Random,
  size: { readonly layers: number; readonly width: number; readonly hosts: number; readonly listed: number },
): ClassGraph => {
  const layers = Array.from({ length: size.layers }, (_, layer) =>
    Array.from({ length: size.width }, (_, index) => `L${layer}_${index}`),
  )
  const requires = new Map(
    layers.flatMap((names, layer) =>
      names.map(one => [one, random.sample(layers[layer - 1] ?? [], 3)] as const),
    ),
  )
  const closures = new Map([...requires.keys()].map(one => [one, closureOf(one, requires)]))
  const hosts = Array.from({ length: size.hosts }, (_, index) => {
    const asked: string[] = []
    let listed = new Set<string>()
    for (const one of random.sample([...requires.keys()], requires.size)) {
      const more = new Set([...listed, ...(closures.get(one) ?? [])])
      if (listed.has(one) || more.size > size.listed) continue
      asked.push(one)
      listed = more
    }
    return [`host${index}`, asked] as const
  })
  return { requires, hosts: new Map(hosts) }
}

const closureOf = (one: string, requires: ClassGraph['requires']): ReadonlySet<string> => {
  const closure = new Set([one])
  for (const each of closure) for (const needed of requires.get(each) ?? []) closure.add(needed)
  return closure
}

/** The graph as a master file. */
export const graphZone = (zone: string, { requires, hosts }: ClassGraph): string =>
  [
    `$ORIGIN ${zone}.`,
    '$TTL 300',
    '@ IN SOA ns1 hostmaster 1 3600 900 1209600 300',
    '@ IN NS ns1',
    'ns1 IN A 127.0.0.1',
    ...[...hosts].map(([host, classes]) => `_fai.${host} IN TXT "${classes.join(' ')}"`),
    ...[...requires].map(([name, needed]) =>
      needed.length === 0
        ? `${name}._class IN TXT "description=needs nothing"`
        : `${name}._class IN TXT "requires=${needed.join(' ')}"`,
    ),
    '',
  ].join('\n')

/**
 * The graph as files of reclass below `nodes` and `classes`. Each class adds itself to the list `order`, which thus
 * is the order in which reclass applies them.
 */
export const graphReclass = ({ requires, hosts }: ClassGraph): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ...[...requires].map(([name, needed]) => [
      `classes/${name}.yml`,
      `classes: [${needed.join(', ')}]\nparameters: { order: [${name}] }\n`,
    ]),
    ...[...hosts].map(([host, classes]) => [`nodes/${host}.yml`, `classes: [${classes.join(', ')}]\n`]),
  ])
