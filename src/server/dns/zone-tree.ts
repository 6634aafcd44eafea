import type { ClassName } from '../../model/class-name.ts'
import type { ClassSet } from './class-set.ts'
import { foldLabels, parentLabels, type WireLabels } from './wire-labels.ts'

/** One name of the zone and what stands there. */
export type ZoneNode = {
  /** In the case that it is published in. */
  readonly labels: WireLabels
  /** Full names of the hosts with a list that have this name below the zone. */
  hosts: readonly string[]
  /** The one of them that is published: its TXT record as it stands in an answer, and the list in it. */
  host: string | undefined
  text: string | undefined
  classes: readonly ClassName[]
  /** The PTR records of a class. */
  pointers: ClassSet | undefined
  /** How many names that exist are one label below it. */
  below: number
}

/**
 * The names of a zone, relative to its apex. A name exists where it has a record or one that has is below it, so that it gets
 * NODATA and not NXDOMAIN (RFC 8020).
 */
export type ZoneTree = {
  /** By its labels in lower case; undefined where the name does not exist. */
  readonly find: (folded: WireLabels) => ZoneNode | undefined
  /** The node of a name, made where there is none. */
  readonly nodeAt: (labels: WireLabels) => ZoneNode
  /** Changes what stands at a node, and with it which names exist. */
  readonly change: (node: ZoneNode, edit: (node: ZoneNode) => void) => void
  readonly nodes: () => Iterable<ZoneNode>
}

/** A zone that has its apex alone. */
export const zoneTree = (): ZoneTree => {
  const nodes = new Map<WireLabels, ZoneNode>()
  const nodeAt = (labels: WireLabels): ZoneNode => {
    const key = foldLabels(labels)
    const known = nodes.get(key)
    if (known !== undefined) return known
    const node = {
      labels,
      hosts: NONE,
      host: undefined,
      text: undefined,
      classes: NONE,
      pointers: undefined,
      below: 0,
    }
    nodes.set(key, node)
    return node
  }
  const change = (node: ZoneNode, edit: (node: ZoneNode) => void): void => {
    const existed = exists(node)
    edit(node)
    if (exists(node) !== existed) {
      const step = existed ? -1 : 1
      change(nodeAt(parentLabels(node.labels)), parent => {
        parent.below += step
      })
    }
    if (!exists(node) && node.hosts.length === 0) nodes.delete(foldLabels(node.labels))
  }
  nodeAt('')
  return {
    find: folded => {
      const node = nodes.get(folded)
      return node !== undefined && exists(node) ? node : undefined
    },
    nodeAt,
    change,
    nodes: () => nodes.values(),
  }
}

const NONE: readonly never[] = []

/** The apex has the SOA record. */
const exists = ({ labels, text, pointers, below }: ZoneNode): boolean =>
  labels === '' || text !== undefined || pointers !== undefined || below > 0
