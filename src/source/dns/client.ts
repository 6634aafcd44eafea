import { randomInt } from 'node:crypto'
import { SourceError } from '../../diagnostic/source-error.ts'
import { formatServerAddress, type ServerAddress } from '../../model/server-address.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { encodeQuery } from '../../wire/dns/query.ts'
import { signMessage, type Verdict, verifyMessage } from '../../wire/dns/tsig.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { QueryType } from './answer.ts'
import { type Exchange, ExchangeError, exchangeTcp, exchangeUdp } from './exchange.ts'
import { type Asked, type Response, readResponse } from './response.ts'

/** How the servers of one source are asked. */
export type DnsClientOptions = {
  /** Name of the source, for errors. */
  readonly name: string
  readonly servers: readonly ServerAddress[]
  readonly tsig?: TsigKey | undefined
  readonly recursive: boolean
  readonly dnssec: 'off' | 'ad'
  readonly attempts?: number
  readonly timeoutMs?: number
  /** Milliseconds since 1970, for TSIG. */
  readonly now?: () => number
}

/** What a server said, once it was believed. */
export type DnsReply = Extract<Response, { kind: 'answer' }>

/** Asks one question; rejects with a `SourceError` that names servers and question. */
export type DnsClient = (
  owner: string,
  type: QueryType,
  zone: string | undefined,
  signal: AbortSignal,
) => Promise<DnsReply>

/** Contract, section 3.8: attempts over all servers, and the time of each. */
const ATTEMPTS = 3
const TIMEOUT_MS = 2000

/**
 * A client of authoritative servers, or of a resolver. Servers are asked in turn; one
 * that answered unusably is not asked again, one that was silent is, until the
 * attempts are used up. UDP first, TCP where the answer is truncated.
 */
export const dnsClient = (options: DnsClientOptions): DnsClient => {
  const { name, servers, attempts = ATTEMPTS } = options
  return async (owner, type, zone, signal) => {
    const failures = new Map<ServerAddress, string>()
    const unusable = new Set<ServerAddress>()
    for (let attempt = 0; attempt < attempts; attempt++) {
      const usable = servers.filter(server => !unusable.has(server))
      const server = usable[attempt % Math.max(1, usable.length)]
      if (server === undefined) break
      try {
        const response = await ask(options, server, { owner, type, zone }, signal)
        if (response.kind === 'answer') return response
        unusable.add(server)
        failures.set(server, response.kind === 'unusable' ? response.reason : response.kind)
      } catch (error) {
        if (!(error instanceof ExchangeError)) throw error
        failures.set(server, error.message)
      }
    }
    const reasons = [...failures].map(([server, reason]) => `${formatServerAddress(server)}: ${reason}`)
    const [first] = servers
    const origin = {
      kind: 'server',
      server: first === undefined ? name : formatServerAddress(first),
    } as const
    throw new SourceError(
      `${name}: cannot ask ${type} ${owner}: ${reasons.join('; ') || 'no server'}`,
      origin,
      { source: name },
    )
  }
}

type Question = Pick<Asked, 'owner' | 'type' | 'zone'>

const ask = async (
  options: DnsClientOptions,
  server: ServerAddress,
  question: Question,
  signal: AbortSignal,
): Promise<Response> => {
  const overUdp = await askOnce(options, server, question, exchangeUdp, signal)
  return overUdp.kind === 'truncated' ? askOnce(options, server, question, exchangeTcp, signal) : overUdp
}

const askOnce = async (
  { name, tsig, recursive, dnssec, timeoutMs = TIMEOUT_MS, now = Date.now }: DnsClientOptions,
  server: ServerAddress,
  question: Question,
  exchange: (exchange: Exchange) => Promise<Buffer>,
  signal: AbortSignal,
): Promise<Response> => {
  const id = randomInt(0x10000)
  const isResolver = recursive || dnssec === 'ad'
  const asked: Asked = { ...question, id, recursive: isResolver, needsAd: dnssec === 'ad' }
  const { owner, type } = question
  const plain = encodeQuery({ id, owner, type, recursion: isResolver, authenticData: dnssec === 'ad' })
  const signed = tsig && signMessage(plain, tsig, Math.floor(now() / 1000))
  let response: Response = { kind: 'foreign' }
  const accept = (bytes: Buffer): boolean => {
    response = readBytes(bytes, asked)
    return response.kind !== 'foreign'
  }
  const bytes = await exchange({ server, query: signed?.bytes ?? plain, timeoutMs, accept, signal })
  if (tsig === undefined || signed === undefined) return response
  const verdict = verify(bytes, tsig, Math.floor(now() / 1000), signed.mac)
  if (verdict.ok) return response
  const address = formatServerAddress(server)
  if (verdict.kind === 'BADKEY' || verdict.kind === 'BADSIG') {
    const message = `${name}: ${address} refuses ${type} ${owner}: ${verdict.kind}: ${verdict.text}`
    throw new SourceError(message, { kind: 'server', server: address }, { rejected: true, source: name })
  }
  return { kind: 'unusable', reason: `${verdict.kind}: ${verdict.text}` }
}

/** A message with our id that cannot be read is the server's fault; one with another id is nobody's. */
const readBytes = (bytes: Buffer, asked: Asked): Response => {
  try {
    return readResponse(bytes, asked)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    const isOurs = bytes.length >= 2 && bytes.readUInt16BE(0) === asked.id
    return isOurs
      ? { kind: 'unusable', reason: `the answer is malformed: ${error.message}` }
      : { kind: 'foreign' }
  }
}

const verify = (bytes: Buffer, key: TsigKey, nowSeconds: number, previousMac: Buffer): Verdict => {
  try {
    return verifyMessage(bytes, key, nowSeconds, { previousMac })
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { ok: false, kind: 'malformed', byServer: false, text: error.message }
  }
}
