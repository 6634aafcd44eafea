import type { TransferredRecord } from '../../wire/dns/transfer-reader.ts'
import type { SourceChange } from '../live-source.ts'
import { applyEdit } from '../zone/change.ts'
import { fromZoneContents, toZoneContents, type ZoneContents } from '../zone/contents.ts'
import { editTo } from '../zone/edit.ts'
import { type EditedZone, editedZone } from '../zone/edited-zone.ts'
import { gatherNodes, soaOf, type Zone } from '../zone/zone.ts'
import type { Found } from './look.ts'

/** A followed zone as plain data: its records, and when a server last had them, in milliseconds since 1970. */
export type KeptZone = { readonly confirmedAtMs: number; readonly contents: ZoneContents }

/** What makes a change in memory, once it is called. */
export type Apply = () => SourceChange

/** The zone that a source holds in memory, if it does. */
export const heldZone = (zone: string, name: string) => {
  let held: EditedZone | undefined
  const first = (records: readonly TransferredRecord[]): Apply => {
    const built = editedZone(zone, name, records)
    return () => {
      held = built
      const { serial } = built.read.zone
      const whole = { keys: 'all', hosts: [], classes: [], origins: [] } as const
      return { ...whole, ...(serial === undefined ? {} : { serial }) }
    }
  }
  const replace = (edited: EditedZone, records: readonly TransferredRecord[]): Apply => {
    const { nodes, outside } = gatherNodes(zone, records)
    const edit = editTo(edited.read.zone, nodes)
    return () => applyEdit(edited, edit, outside)
  }
  return {
    read: () => held?.read,
    soa: () => held && soaOf(held.read.zone.nodes, zone),
    /** Everything is worked out here that can be; until it is called, the zone stays as it is. */
    prepare: (found: Extract<Found, { kind: 'edit' | 'whole' }>): Apply => {
      if (found.kind === 'whole')
        return held === undefined ? first(found.records) : replace(held, found.records)
      const edited = held
      if (edited === undefined) throw new Error('an edit of a zone that is not held')
      return () => applyEdit(edited, found.edit)
    },
    keep: (confirmedAtMs: number): KeptZone | undefined => {
      if (held === undefined) return undefined
      return { confirmedAtMs, contents: toZoneContents(recordsOf(held.read.zone)) }
    },
  }
}

/** One after the other: there may be many. */
function* recordsOf({ nodes }: Zone): Generator<TransferredRecord> {
  for (const node of nodes.values())
    for (const rrset of node.values())
      for (const record of rrset) yield { ...record, ttlSeconds: record.ttlSeconds ?? 0 }
}

/** A zone that is held, or will be. */
export type HeldZone = ReturnType<typeof heldZone>

/** What `keep` of the same zone gave, as something found. Throws `WireError` where it was given anything else. */
export const restoreZone = (kept: KeptZone): Extract<Found, { kind: 'whole' }> => ({
  kind: 'whole',
  records: fromZoneContents(kept.contents),
})
