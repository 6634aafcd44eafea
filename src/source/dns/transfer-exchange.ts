import { randomInt } from 'node:crypto'
import { SourceError } from '../../diagnostic/source-error.ts'
import { formatServerAddress, type ServerAddress } from '../../model/server-address.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { decodeMessage, type WireRecord } from '../../wire/dns/message.ts'
import { encodeQuery } from '../../wire/dns/query.ts'
import type { MessageReader } from '../../wire/dns/transfer-reader.ts'
import { signMessage } from '../../wire/dns/tsig.ts'
import { tsigStream } from '../../wire/dns/tsig-stream.ts'
import { WireError } from '../../wire/wire-error.ts'
import { ExchangeError } from './exchange.ts'
import { exchangeStream } from './exchange-stream.ts'

/** Whom to ask for a zone. */
export type TransferOptions = {
  /** Name of the source, for errors. */
  readonly name: string
  readonly zone: string
  readonly servers: readonly ServerAddress[]
  readonly tsig?: TsigKey | undefined
  /** Milliseconds since 1970, for TSIG. */
  readonly now?: () => number
  readonly idleMs?: number
  readonly totalMs?: number
}

/** What is asked of one server. */
export type TransferRequest<Reader extends MessageReader> = {
  readonly type: 'AXFR' | 'IXFR'
  /** For IXFR: the SOA that we have (RFC 1995, section 3). */
  readonly authorities?: readonly WireRecord[]
  readonly readerOf: (id: number) => Reader
}

/** Contract, section 3.8. */
const IDLE_MS = 2000
/** Contract, section 3.8: longest time of a whole transfer. */
export const TOTAL_MS = 120_000

/** One server did not give the zone. */
export class TransferFailure extends Error {
  override readonly name = 'TransferFailure'
  readonly server: string
  /** `refused` and `faulty` are answers; anything else is `failed`, and another question would fail as well. */
  readonly kind: 'refused' | 'faulty' | 'failed'
  constructor(server: string, reason: string, kind: TransferFailure['kind']) {
    super(`${server}: ${reason}`)
    this.server = server
    this.kind = kind
  }
}

/**
 * Asks one server for a zone and gives the reader that has read the whole answer, signed from the first message to the
 * last where there is a key. Rejects with a `TransferFailure`, or with a `SourceError` that is `rejected` where the
 * server refuses our key or its signature is not to be believed.
 */
export const exchangeTransfer = async <Reader extends MessageReader>(
  options: TransferOptions,
  server: ServerAddress,
  { type, authorities = [], readerOf }: TransferRequest<Reader>,
  signal: AbortSignal,
): Promise<Reader> => {
  const { zone, tsig, now = Date.now, idleMs = IDLE_MS, totalMs = TOTAL_MS } = options
  const address = formatServerAddress(server)
  const seconds = (): number => Math.floor(now() / 1000)
  const id = randomInt(0x10000)
  const plain = encodeQuery({ id, owner: zone, type, recursion: false, authenticData: false, authorities })
  const signed = tsig && signMessage(plain, tsig, seconds())
  const reader = readerOf(id)
  const verify = tsig && signed && tsigStream(tsig, signed.mac)
  const failure = (reason: string, kind: TransferFailure['kind'] = 'failed'): TransferFailure =>
    new TransferFailure(address, reason, kind)

  const take = (bytes: Buffer, localAddress: string): boolean => {
    const message = decodeMessage(bytes)
    const verdict = verify?.(bytes, message, seconds()) ?? { ok: true, isSigned: true }
    if (!verdict.ok && (verdict.kind === 'BADKEY' || verdict.kind === 'BADSIG'))
      throw rejection(options, address, `${verdict.kind}: ${verdict.text}`)
    if (!verdict.ok && verdict.kind !== 'unsigned') throw failure(`${verdict.kind}: ${verdict.text}`)
    const state = reader.take(bytes, message)
    if (state.kind === 'refused') throw failure(refusal(state.rcode, tsig, localAddress), 'refused')
    if (state.kind === 'failed') throw failure(state.reason, 'faulty')
    if (!verdict.ok) throw failure(`${verdict.kind}: ${verdict.text}`)
    if (state.kind === 'done' && !verdict.isSigned) throw failure('unsigned: the last message is not signed')
    return state.kind === 'done'
  }
  try {
    await exchangeStream({ server, query: signed?.bytes ?? plain, idleMs, totalMs, take, signal })
    return reader
  } catch (error) {
    if (error instanceof WireError) throw failure(`a message is malformed: ${error.message}`, 'faulty')
    if (error instanceof ExchangeError) throw failure(error.message)
    throw error
  }
}

/** Why no server gave the zone: `transfer-refused` where one of them will not. */
export const transferError = (
  { name, zone }: Pick<TransferOptions, 'name' | 'zone'>,
  failures: readonly TransferFailure[],
): SourceError => {
  const blamed = failures.find(({ kind }) => kind === 'refused') ?? failures[0]
  const reasons = failures.map(({ message }) => message).join('; ')
  return new SourceError(
    `${name}: cannot transfer the zone ${zone}: ${reasons || 'no server'}`,
    { kind: 'server', server: blamed?.server ?? name },
    blamed?.kind === 'refused' ? { code: 'transfer-refused' } : {},
  )
}

const rejection = ({ name, zone }: TransferOptions, server: string, why: string): SourceError =>
  new SourceError(
    `${name}: ${server} refuses to transfer ${zone}: ${why}`,
    { kind: 'server', server },
    { rejected: true },
  )

/** What to add where; without a key of ours it has to be our address. A key that is not known there never comes here. */
const refusal = (rcode: string, tsig: TsigKey | undefined, localAddress: string): string => {
  if (rcode === 'NOTAUTH') return `${rcode}; this server does not have the zone`
  const who = tsig === undefined ? localAddress.replace(/^::ffff:/, '') : `key "${tsig.name}"`
  return `${rcode}; to permit it, add "allow-transfer { ${who}; };" to the zone there`
}
