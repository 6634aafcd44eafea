import { foldDnsName, isAtOrBelow } from '../../model/dns-name.ts'
import type { ZoneDelta } from '../../wire/dns/incremental.ts'
import { encodeRdata, type Rdata } from '../../wire/dns/rdata.ts'
import type { ZoneRecord } from './parse.ts'
import type { Zone, ZoneNode } from './zone.ts'

/** What becomes of some owners of a zone, folded, each as a whole; undefined where nothing is left of one. */
export type ZoneEdit = ReadonlyMap<string, ZoneNode | undefined>

/** An edit, or why there is none. */
export type EditResult =
  | { readonly ok: true; readonly edit: ZoneEdit }
  | { readonly ok: false; readonly reason: string }

/**
 * What deltas make of a zone (RFC 1995, section 4), which itself stays as it is. Records are the same where owner, type and data are.
 * One that is added again takes the place of the other. Pure.
 *
 *     a record outside the zone             fault
 *     one is deleted that is not there      fault
 */
export const editOfDeltas = (zone: Zone, deltas: readonly ZoneDelta[]): EditResult => {
  const drafts = new Map<string, Draft>()
  const draftAt = (owner: string): Draft => {
    const folded = foldDnsName(owner)
    const known = drafts.get(folded)
    if (known !== undefined) return known
    const draft = draftOf(zone.nodes.get(folded))
    drafts.set(folded, draft)
    return draft
  }
  for (const { from, to, deleted, added } of deltas) {
    const fault = (what: string): EditResult => ({
      ok: false,
      reason: `the change from serial ${from} to ${to} ${what}`,
    })
    const stray = [...deleted, ...added].find(({ owner }) => !isAtOrBelow(owner, zone.apex))
    if (stray !== undefined) return fault(`has ${stray.type} ${stray.owner}, which is outside the zone`)
    for (const { owner, type, rdata } of deleted) {
      if (draftAt(owner).get(type)?.delete(keyOf(rdata)) !== true)
        return fault(`deletes ${type} ${owner}, which is not there`)
    }
    for (const record of added) {
      const draft = draftAt(record.owner)
      const rrset = draft.get(record.type) ?? new Map<string, ZoneRecord>()
      draft.set(record.type, rrset.set(keyOf(record.rdata), record))
    }
  }
  return { ok: true, edit: new Map([...drafts].map(([owner, draft]) => [owner, nodeOf(draft)])) }
}

/** The edit that makes a zone hold these nodes and no others; owners that are the same to the letter are not in it. Pure. */
export const editTo = (zone: Zone, wanted: Zone['nodes']): ZoneEdit => {
  const edit = new Map<string, ZoneNode | undefined>()
  for (const [owner, node] of wanted) {
    if (!isSameNode(zone.nodes.get(owner), node)) edit.set(owner, node)
  }
  for (const owner of zone.nodes.keys()) {
    if (!wanted.has(owner)) edit.set(owner, undefined)
  }
  return edit
}

/** Whether two RRsets hold the same data, in whatever order. Pure. */
export const isSameData = (before: readonly ZoneRecord[] = [], after: readonly ZoneRecord[] = []): boolean =>
  isSameSet(
    before,
    after,
    (a, b) => isSameRdata(a.rdata, b.rdata),
    ({ rdata }) => keyOf(rdata),
  )

/** The records of one owner while it is edited: by type, then by what makes two records the same. */
type Draft = Map<string, Map<string, ZoneRecord>>

const draftOf = (node: ZoneNode | undefined): Draft =>
  new Map(
    [...(node ?? [])].map(([type, rrset]) => [
      type,
      new Map(rrset.map(record => [keyOf(record.rdata), record])),
    ]),
  )

const nodeOf = (draft: Draft): ZoneNode | undefined => {
  const rrsets = [...draft].filter(([, rrset]) => rrset.size > 0)
  return rrsets.length === 0
    ? undefined
    : new Map(rrsets.map(([type, rrset]) => [type, [...rrset.values()]] as const))
}

/** Equal where data is, within one type: names ignore case (RFC 4343). */
const keyOf = (rdata: Rdata): string =>
  rdata.kind === 'name' ? foldDnsName(rdata.name) : encodeRdata(rdata).toString('latin1')

const isSameNode = (before: ZoneNode | undefined, after: ZoneNode): boolean => {
  if (before?.size !== after.size) return false
  for (const [type, rrset] of after) {
    if (!isSameSet(before.get(type) ?? [], rrset, isSameRecord, recordKey)) return false
  }
  return true
}

const isSameRecord = (a: ZoneRecord, b: ZoneRecord): boolean =>
  a.owner === b.owner && a.ttlSeconds === b.ttlSeconds && isSameRdata(a.rdata, b.rdata)

const recordKey = ({ owner, ttlSeconds, rdata }: ZoneRecord): string =>
  `${owner} ${ttlSeconds} ${encodeRdata(rdata).toString('latin1')}`

/** To the letter; without making anything, since whole zones are compared. */
const isSameRdata = (a: Rdata, b: Rdata): boolean => {
  if (a.kind === 'address' && b.kind === 'address') return a.address === b.address
  if (a.kind === 'name' && b.kind === 'name') return a.name === b.name
  if (a.kind === 'text' && b.kind === 'text')
    return (
      a.strings.length === b.strings.length &&
      a.strings.every((string, index) => string.equals(b.strings[index] ?? Buffer.alloc(0)))
    )
  return a.kind === b.kind && encodeRdata(a).equals(encodeRdata(b))
}

/** Servers keep the order of records, mostly. */
const isSameSet = (
  before: readonly ZoneRecord[],
  after: readonly ZoneRecord[],
  isSame: (a: ZoneRecord, b: ZoneRecord) => boolean,
  toKey: (record: ZoneRecord) => string,
): boolean => {
  if (before.length !== after.length) return false
  if (before.every((record, index) => isSame(record, after[index] as ZoneRecord))) return true
  const [keys, others] = [new Set(before.map(toKey)), new Set(after.map(toKey))]
  return keys.size === others.size && [...others].every(key => keys.has(key))
}
