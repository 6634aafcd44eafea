import { SourceError } from '../diagnostic/source-error.ts'
import { foldDnsName, isAtOrBelow } from '../model/dns-name.ts'
import { DNS_PORT, formatServerAddress, type ServerAddress } from '../model/server-address.ts'
import { askServer, type DnsAnswer } from './dns-question.ts'
import type { DnsConnection } from './dns-transaction.ts'

/** The zone that holds a name, by its SOA record. */
export type FoundZone = {
  /** The name behind its aliases. */
  readonly owner: string
  readonly zone: string
  /** The MNAME of the SOA: where updates go (RFC 2136, section 4.3). */
  readonly primary: string
  /** Who said so, and whether with authority. */
  readonly by: DnsConnection
  readonly isAuthoritative: boolean
}

/** Why there is none. */
export type NoZone = { readonly owner: string; readonly reason: string }

const MAX_ALIASES = 8

/**
 * Finds the zone of a name by asking for its SOA: the answer has it, or its authority section where the name is below
 * the top of its zone. Aliases are followed, as where part of an IPv4 network is delegated (RFC 2317, section 4). Each
 * name is put to the servers in turn until one knows.
 */
export const findZone = async (
  name: string,
  servers: readonly DnsConnection[],
  signal: AbortSignal,
): Promise<FoundZone | NoZone> => {
  let owner = foldDnsName(name)
  for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
    const step = await askInTurn(owner, servers, signal)
    if (step.kind === 'zone') return { owner, ...step }
    if (step.kind === 'nothing')
      return { owner, reason: `the zone of ${owner} is not found (${step.reason})` }
    owner = step.target
  }
  return { owner: foldDnsName(name), reason: `more than ${MAX_ALIASES} aliases begin at ${name}` }
}

type Step =
  | ({ readonly kind: 'zone' } & Omit<FoundZone, 'owner'>)
  | { readonly kind: 'alias'; readonly target: string }
  | { readonly kind: 'nothing'; readonly reason: string }

const askInTurn = async (
  owner: string,
  servers: readonly DnsConnection[],
  signal: AbortSignal,
): Promise<Step> => {
  const reasons: string[] = []
  for (const by of servers) {
    try {
      const answer = await askServer(owner, 'SOA', by, signal)
      const step = readStep(owner, answer, by)
      if (step !== undefined) return step
      reasons.push(`${formatServerAddress(by.server)}: ${answer.rcode}, no SOA`)
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      reasons.push(error.message)
    }
  }
  return { kind: 'nothing', reason: reasons.join('; ') || 'no server to ask' }
}

const readStep = (
  owner: string,
  { rcode, isAuthoritative, answers, zone }: DnsAnswer,
  by: DnsConnection,
): Step | undefined => {
  const alias = answers.find(record => record.type === 'CNAME' && record.owner === owner)
  if (alias?.rdata.kind === 'name') return { kind: 'alias', target: foldDnsName(alias.rdata.name) }
  const isAnswer = rcode === 'NOERROR' || rcode === 'NXDOMAIN'
  if (!isAnswer || zone === undefined || !isAtOrBelow(owner, zone.zone) || isEmptyZone(zone)) return undefined
  return { kind: 'zone', zone: zone.zone, primary: zone.primary, by, isAuthoritative }
}

/** Servers answer for private and reserved networks as if they had a zone (RFC 6303, section 3; RFC 7534, section 3.3). */
const isEmptyZone = ({ zone, primary, mailbox }: NonNullable<DnsAnswer['zone']>): boolean =>
  (primary === zone && (mailbox === '' || mailbox === 'nobody.invalid')) ||
  primary === 'prisoner.iana.org' ||
  primary === 'blackhole.as112.arpa'

/**
 * Where the primary of a zone listens: the address of its name, at the port of the server asked that has this
 * address, else 53. Undefined where nobody knows its address.
 */
export const findPrimary = async (
  primary: string,
  servers: readonly DnsConnection[],
  signal: AbortSignal,
): Promise<ServerAddress | undefined> => {
  for (const connection of servers) {
    for (const type of ['A', 'AAAA'] as const) {
      const answer = await askServer(primary, type, connection, signal).catch(unlessSilent)
      for (const { rdata } of answer?.answers ?? []) {
        if (rdata.kind !== 'address') continue
        const asked = servers.find(({ server }) => server.host === rdata.address)
        return asked?.server ?? { host: rdata.address, port: DNS_PORT }
      }
    }
  }
  return undefined
}

const unlessSilent = (error: unknown): undefined => {
  if (!(error instanceof SourceError)) throw error
}
