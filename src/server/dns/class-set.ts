import { answerRecord } from './answer-record.ts'
import type { WireLabels } from './wire-labels.ts'
import { PTR, type ZoneApex, type ZoneRecord } from './zone-record.ts'
import type { ZoneNode } from './zone-tree.ts'

/** The hosts that have a class in their published list: the PTR records of `<CLASS>._class`. */
export type ClassSet = {
  /** In the spelling that was met first. */
  readonly labels: WireLabels
  /** Never changed in place, so that whoever reads it reads one state. */
  members: readonly ZoneNode[]
  /** Of the names of all members below the apex. */
  memberOctets: number
  /** The records as they stand in an answer, made when they are first asked for. */
  answer: string | undefined
}

/** Who gets a class and who loses it. */
export type Moves = { readonly come: readonly ZoneNode[]; readonly gone: readonly ZoneNode[] }

/** A class that nobody has. */
export const classSet = (labels: WireLabels): ClassSet => ({
  labels,
  members: [],
  memberOctets: 0,
  answer: undefined,
})

/** Puts members in and takes others out. */
export const changeMembers = (set: ClassSet, { come, gone }: Moves): void => {
  const leaving = new Set(gone)
  const staying = leaving.size === 0 ? set.members : set.members.filter(node => !leaving.has(node))
  set.members = [...staying, ...come]
  set.memberOctets += octetsOf(come) - octetsOf(gone)
  set.answer = undefined
}

const octetsOf = (nodes: readonly ZoneNode[]): number =>
  nodes.reduce((sum, { labels }) => sum + labels.length, 0)

/** What a record has besides its data: pointer to its owner, type, class, TTL and length. */
const RECORD_HEAD_OCTETS = 12

/** Octets of all records behind a question, their data not compressed: so they fit whichever server carries the zone. */
export const octetsOfSet = ({ members, memberOctets }: ClassSet, apex: ZoneApex): number =>
  memberOctets + members.length * (RECORD_HEAD_OCTETS + apex.octets)

/** The records of some of the members. */
export const recordsOfSet = ({ labels }: ClassSet, members: readonly ZoneNode[]): readonly ZoneRecord[] =>
  members.map(member => ({ labels, type: PTR, rdata: member.labels }))

/** All records as they stand in an answer, the apex a pointer into its question. */
export const answerOfSet = (set: ClassSet, ttlSeconds: number): string => {
  set.answer ??= joined(set, ttlSeconds)
  return set.answer
}

const joined = ({ labels, members }: ClassSet, ttlSeconds: number): string => {
  const apexAt = 0xc000 | (HEADER_OCTETS + labels.length)
  const pointer = String.fromCharCode(apexAt >> 8, apexAt & 0xff)
  const records = members.map(member => answerRecord(PTR, ttlSeconds, member.labels + pointer))
  return records.join('')
}

const HEADER_OCTETS = 12
