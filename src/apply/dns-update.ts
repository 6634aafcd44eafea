import { formatServerAddress } from '../model/server-address.ts'
import {
  type Attempt,
  type Change,
  formatPrerequisite,
  type Prerequisite,
  type RecordData,
  type ZoneUpdate,
} from '../plan/register/update.ts'
import type { WireRecord } from '../wire/dns/message.ts'
import { formatRcode } from '../wire/dns/rcode.ts'
import { encodeRdata } from '../wire/dns/rdata.ts'
import { addRecord, deleteRrset, encodeUpdate, rrsetAbsent, rrsetEquals } from '../wire/dns/update.ts'
import { explainRefusal } from './dns-refusal.ts'
import { type DnsConnection, transact } from './dns-transaction.ts'

/** How the update of one zone ended. */
export type UpdateOutcome = {
  readonly zone: string
  /** The zone is as it was wanted. */
  readonly ok: boolean
  /** Which refusal it was, for tests and for the exit code; `silent` where the server could not be asked. */
  readonly kind: 'done' | 'prerequisite' | 'refused' | 'rejected' | 'silent' | 'not-sent'
  /** One line for people, beginning with zone and server. */
  readonly line: string
}

/**
 * Brings the zones of one registration up to date, in order, each at its own server. Where a gate is refused, what comes
 * behind it is not tried. What was done before stands, and a repeat completes it.
 */
export const applyZoneUpdates = async (
  updates: readonly ZoneUpdate[],
  connectionOf: (zone: string) => DnsConnection,
  signal: AbortSignal,
): Promise<readonly UpdateOutcome[]> => {
  const outcomes: UpdateOutcome[] = []
  let closed: string | undefined
  for (const update of updates) {
    const connection = connectionOf(update.zone)
    const outcome =
      closed === undefined
        ? await applyZoneUpdate(update, connection, signal)
        : outcomeOf(update, connection, 'not-sent', `not sent, because zone ${closed} was not updated`)
    if (update.isGate && !outcome.ok) closed ??= update.zone
    outcomes.push(outcome)
  }
  return outcomes
}

/** Sends the attempts of one zone until the server takes one (RFC 2136) or refuses for good. */
export const applyZoneUpdate = async (
  update: ZoneUpdate,
  connection: DnsConnection,
  signal: AbortSignal,
): Promise<UpdateOutcome> => {
  const failed: string[] = []
  for (const attempt of update.attempts) {
    const { prerequisites, changes } = attempt
    if (prerequisites.length === 0 && changes.length === 0) {
      return outcomeOf(update, connection, 'done', attempt.text)
    }
    const reply = await transact(connection, id => encodeAttempt(id, update.zone, attempt), signal)
    if (reply.kind === 'rejected')
      return outcomeOf(update, connection, 'rejected', `refused: ${reply.reason}`)
    if (reply.kind === 'silent') {
      const text = `${reply.reason}; whether it took the update shows when this is repeated`
      return outcomeOf(update, connection, 'silent', text)
    }
    const rcode = formatRcode(reply.message.rcode)
    if (rcode === 'NOERROR') return outcomeOf(update, connection, 'done', attempt.text)
    if (!isPrerequisite(rcode)) {
      const context = { zone: update.zone, keyName: connection.key?.name, types: typesIn(update) }
      const text = `refused: ${rcode} (${explainRefusal(rcode, context)})`
      return outcomeOf(update, connection, 'refused', text)
    }
    failed.push(`${rcode}: not so that ${suspects(rcode, attempt)}`)
  }
  const text = `refused by its prerequisites: ${update.refusal} (${failed.join('; ')})`
  return outcomeOf(update, connection, 'prerequisite', text)
}

const outcomeOf = (
  { zone }: ZoneUpdate,
  { server }: DnsConnection,
  kind: UpdateOutcome['kind'],
  text: string,
): UpdateOutcome => ({
  zone,
  ok: kind === 'done',
  kind,
  line: `zone ${zone} at ${formatServerAddress(server)}: ${text}`,
})

const typesIn = ({ attempts }: ZoneUpdate): readonly string[] => {
  const changes = attempts.flatMap(attempt => attempt.changes)
  return [...new Set(changes.map(change => (change.kind === 'add' ? change.data.type : change.type)))]
}

type PrerequisiteCode = 'YXDOMAIN' | 'YXRRSET' | 'NXDOMAIN' | 'NXRRSET'

const isPrerequisite = (rcode: string): rcode is PrerequisiteCode =>
  rcode === 'YXDOMAIN' || rcode === 'YXRRSET' || rcode === 'NXDOMAIN' || rcode === 'NXRRSET'

/** The code says which kind of prerequisite failed (RFC 2136, section 3.2), not which one. */
const suspects = (rcode: PrerequisiteCode, { prerequisites }: Attempt): string => {
  const wanted = rcode.startsWith('YX') ? 'rrset-absent' : 'rrset-equals'
  const of = prerequisites.filter(({ kind }) => kind === wanted)
  return (of.length > 0 ? of : prerequisites).map(formatPrerequisite).join(' and ')
}

const encodeAttempt = (id: number, zone: string, { prerequisites, changes }: Attempt): Buffer =>
  encodeUpdate(id, zone, prerequisites.flatMap(encodePrerequisite), changes.map(encodeChange))

const encodePrerequisite = (prerequisite: Prerequisite): readonly WireRecord[] => {
  const { kind, owner } = prerequisite
  switch (kind) {
    case 'rrset-absent':
      return [rrsetAbsent(owner, prerequisite.type)]
    case 'rrset-equals':
      return prerequisite.data.map(data => rrsetEquals(owner, data.type, encodeData(data)))
  }
}

const encodeChange = (change: Change): WireRecord =>
  change.kind === 'add'
    ? addRecord(change.owner, change.data.type, change.ttlSeconds, encodeData(change.data))
    : deleteRrset(change.owner, change.type)

const encodeData = ({ type, text }: RecordData): Buffer => {
  switch (type) {
    case 'A':
    case 'AAAA':
      return encodeRdata({ kind: 'address', address: text })
    case 'PTR':
    case 'CNAME':
      return encodeRdata({ kind: 'name', name: text })
    case 'DHCID':
      return Buffer.from(text, 'base64')
    case 'SSHFP': {
      const [algorithm, fingerprintType, fingerprint = ''] = text.split(' ')
      return Buffer.concat([
        Buffer.from([Number(algorithm), Number(fingerprintType)]),
        Buffer.from(fingerprint, 'hex'),
      ])
    }
  }
}
