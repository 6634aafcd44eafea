import { errorAt, type Origin } from '../../diagnostic/diagnostic.ts'
import { foldDnsName } from '../../model/dns-name.ts'
import { reverseName } from '../../model/reverse-name.ts'
import type { Answer, AskedType, ZoneReader } from './answer.ts'
import type { DnsClient, DnsReply } from './client.ts'
import { type Followed, MAX_ALIASES } from './follow.ts'
import { withoutWildcard } from './wildcard.ts'

/** A zone at its servers. */
export type LiveZone = {
  readonly reader: ZoneReader
  /** PTR targets of an address, from the same servers, whichever zone of theirs holds them. */
  readonly namesOfAddress: (ip: string, signal: AbortSignal) => Promise<Followed>
  /** False where nothing stands at the name or below it (NXDOMAIN; RFC 8020). */
  readonly hasName: (name: string, signal: AbortSignal) => Promise<boolean>
  /** Of the last answer that showed the zone's SOA; undefined before one did. */
  readonly serial: () => number | undefined
  /** Whether any answer came in. */
  readonly isRead: () => boolean
}

/** Questions that are under way at the same time. */
const MAX_IN_FLIGHT = 64

/**
 * Reads a zone question by question. Each question goes out once in the life of the
 * reader, so that one run sees one answer.
 */
export const liveZone = (zone: string, client: DnsClient): LiveZone => {
  const answers = new Map<string, Promise<Answer>>()
  const inTurn = limited(MAX_IN_FLIGHT)
  let serial: number | undefined
  let isRead = false
  const askServers = async (
    owner: string,
    type: AskedType,
    within: string | undefined,
    signal: AbortSignal,
  ): Promise<DnsReply> => {
    const reply = await inTurn(() => client(owner, type, within, signal))
    isRead = true
    if (reply.soa?.owner === zone) serial = reply.soa.serial
    return reply
  }
  const askOnce = (owner: string, type: AskedType, signal: AbortSignal): Promise<Answer> => {
    // As it is spelled: the origin of an answer is the name that was asked for.
    const key = `${type} ${owner}`
    const asked = answers.get(key) ?? askServers(owner, type, zone, signal).then(({ answer }) => answer)
    answers.set(key, asked)
    return asked
  }
  return {
    reader: {
      zone,
      ask: async (owner, type, signal) => {
        const answer = await askOnce(owner, type, signal)
        return withoutWildcard(answer, owner, zone, name => askOnce(name, type, signal))
      },
    },
    namesOfAddress: (ip, signal) =>
      followReverse(
        reverseName(ip) ?? '',
        async name => (await askServers(name, 'PTR', undefined, signal)).answer,
      ),
    hasName: async (name, signal) => (await askServers(name, 'TXT', zone, signal)).isNoName !== true,
    serial: () => serial,
    isRead: () => isRead,
  }
}

/** A PTR owner may be a CNAME into a zone of fewer addresses (RFC 2317). */
const followReverse = async (asked: string, ask: (owner: string) => Promise<Answer>): Promise<Followed> => {
  let owner = asked
  const origin: Origin = { kind: 'record', zone: asked, owner: asked, type: 'PTR' }
  for (let links = 0; links <= MAX_ALIASES; links++) {
    const answer = await ask(owner)
    const end = { owner, isAlias: links > 0, records: [], diagnostics: [] }
    if (answer.kind === 'records') return { ...end, records: answer.records }
    if (answer.kind === 'none') return end
    if (answer.kind === 'delegated') {
      const message = `${owner} is in the zone ${answer.cut}, which these servers delegate`
      return { ...end, diagnostics: [errorAt('zone-delegated', message, origin)] }
    }
    owner = foldDnsName(answer.target)
  }
  const message = `${asked} leads over more than ${MAX_ALIASES} aliases`
  return { owner, isAlias: true, records: [], diagnostics: [errorAt('alias-broken', message, origin)] }
}

/** Runs tasks, at most so many at a time, in the order they came. */
const limited = (most: number) => {
  const waiting: (() => void)[] = []
  let running = 0
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (running >= most) await new Promise<void>(resolve => waiting.push(resolve))
    else running++
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
