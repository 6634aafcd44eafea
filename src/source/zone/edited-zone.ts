import type { Diagnostic } from '../../diagnostic/diagnostic.ts'
import { foldDnsName } from '../../model/dns-name.ts'
import type { ZoneEdit } from './edit.ts'
import type { ZoneRecord } from './parse.ts'
import type { ReadZone } from './read.ts'
import { checkNode, gatherNodes, isCut, missingSoa, soaOf, type Zone, type ZoneNode } from './zone.ts'

/** A zone in memory that is changed where it is; `read.zone` is the same object for ever. */
export type EditedZone = {
  readonly read: ReadZone
  /** These owners, and those that lead to one of them by CNAME within the zone, over however many. */
  readonly leadingTo: (owners: Iterable<string>) => ReadonlySet<string>
  /**
   * Puts owners in as the edit has them, at once; looks at no other owner. `outside` are the warnings about
   * records that a transfer had and the zone cannot hold; those of the last transfer where it is left out.
   */
  readonly apply: (edit: ZoneEdit, outside?: readonly Diagnostic[]) => void
}

/**
 * A zone of these records; at any time it is what `buildZone` would make of the records that it holds then, apart from
 * the order of its owners and diagnostics. `apex` is folded.
 */
export const editedZone = (apex: string, path: string, records: readonly ZoneRecord[]): EditedZone => {
  const { nodes, outside } = gatherNodes(apex, records)
  const zone: { -readonly [K in keyof Zone]: Zone[K] } = { apex, nodes, hasCuts: false, serial: undefined }
  const read: { zone: Zone; diagnostics: readonly Diagnostic[] } = { zone, diagnostics: [] }
  const faults = new Map<string, readonly Diagnostic[]>()
  const aliases = new Map<string, Set<string>>()
  let leftOut = outside
  let cuts = 0
  const enter = (owner: string, node: ZoneNode): void => {
    if (isCut(owner, node, apex)) cuts += 1
    const found = checkNode(owner, node, apex)
    if (found.length > 0) faults.set(owner, found)
    for (const target of targetsOf(node)) {
      const owners = aliases.get(target) ?? new Set<string>()
      aliases.set(target, owners.add(owner))
    }
  }
  const leave = (owner: string): void => {
    const node = nodes.get(owner)
    if (node === undefined) return
    if (isCut(owner, node, apex)) cuts -= 1
    faults.delete(owner)
    for (const target of targetsOf(node)) {
      const owners = aliases.get(target)
      if (owners?.delete(owner) && owners.size === 0) aliases.delete(target)
    }
  }
  const settle = (): void => {
    const soa = soaOf(nodes, apex)
    zone.serial = soa?.serial
    zone.hasCuts = cuts > 0
    read.diagnostics = [
      ...leftOut,
      ...[...faults.values()].flat(),
      ...(soa === undefined ? [missingSoa(apex, path)] : []),
    ]
  }
  for (const [owner, node] of nodes) enter(owner, node)
  settle()
  return {
    read,
    leadingTo: owners => {
      const found = new Set(owners)
      // A set gives what is added to it while it is gone through.
      for (const each of found) for (const alias of aliases.get(each) ?? []) found.add(alias)
      return found
    },
    apply: (edit, outside = leftOut) => {
      leftOut = outside
      for (const [owner, node] of edit) {
        leave(owner)
        if (node === undefined) nodes.delete(owner)
        else {
          nodes.set(owner, node)
          enter(owner, node)
        }
      }
      settle()
    },
  }
}

const targetsOf = (node: ZoneNode): readonly string[] =>
  (node.get('CNAME') ?? []).flatMap(({ rdata }) => (rdata.kind === 'name' ? [foldDnsName(rdata.name)] : []))
