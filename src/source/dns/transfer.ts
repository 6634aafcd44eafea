import { randomInt } from 'node:crypto'
import { SourceError } from '../../diagnostic/source-error.ts'
import { formatServerAddress, type ServerAddress } from '../../model/server-address.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { decodeMessage } from '../../wire/dns/message.ts'
import { encodeQuery } from '../../wire/dns/query.ts'
import { transferReader } from '../../wire/dns/transfer.ts'
import type { TransferredRecord, TransferState } from '../../wire/dns/transfer-reader.ts'
import { signMessage } from '../../wire/dns/tsig.ts'
import { tsigStream } from '../../wire/dns/tsig-stream.ts'
import { WireError } from '../../wire/wire-error.ts'
import { ExchangeError } from './exchange.ts'
import { exchangeStream } from './exchange-stream.ts'

/** Whom to ask for a whole zone. */
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

/** Contract, section 3.8. */
const IDLE_MS = 2000
const TOTAL_MS = 120_000

/**
 * Transfers a zone (AXFR, RFC 5936) from the first server that gives the whole of it. Rejects with a
 * `SourceError` where none does: `transfer-refused` where one of them will not, `rejected`
 * where one refuses our key or its signature is not to be believed.
 */
export const transferZone = async (
  options: TransferOptions,
  signal: AbortSignal,
): Promise<readonly TransferredRecord[]> => {
  const { name, zone, servers, totalMs = TOTAL_MS } = options
  const failures: TransferFailure[] = []
  const startedAt = performance.now()
  for (const server of servers) {
    const leftMs = Math.max(1, totalMs - (performance.now() - startedAt))
    try {
      return await transferFrom(options, server, leftMs, signal)
    } catch (error) {
      if (!(error instanceof TransferFailure)) throw error
      failures.push(error)
    }
  }
  const blamed = failures.find(({ isRefusal }) => isRefusal) ?? failures[0]
  const reasons = failures.map(({ message }) => message).join('; ')
  throw new SourceError(
    `${name}: cannot transfer the zone ${zone}: ${reasons || 'no server'}`,
    { kind: 'server', server: blamed?.server ?? name },
    blamed?.isRefusal === true ? { code: 'transfer-refused' } : {},
  )
}

/** One server did not give the zone. */
class TransferFailure extends Error {
  readonly server: string
  readonly isRefusal: boolean
  constructor(server: string, reason: string, isRefusal = false) {
    super(`${server}: ${reason}`)
    this.server = server
    this.isRefusal = isRefusal
  }
}

const transferFrom = async (
  options: TransferOptions,
  server: ServerAddress,
  totalMs: number,
  signal: AbortSignal,
): Promise<readonly TransferredRecord[]> => {
  const { name, zone, tsig, now = Date.now, idleMs = IDLE_MS } = options
  const address = formatServerAddress(server)
  const seconds = (): number => Math.floor(now() / 1000)
  const id = randomInt(0x10000)
  const plain = encodeQuery({ id, owner: zone, type: 'AXFR', recursion: false, authenticData: false })
  const signed = tsig && signMessage(plain, tsig, seconds())
  const reader = transferReader(id, zone)
  const verify = tsig && signed && tsigStream(tsig, signed.mac)

  const take = (bytes: Buffer, localAddress: string): boolean => {
    const message = decodeMessage(bytes)
    const verdict = verify?.(bytes, message, seconds()) ?? { ok: true, isSigned: true }
    if (!verdict.ok && (verdict.kind === 'BADKEY' || verdict.kind === 'BADSIG')) {
      const text = `${name}: ${address} refuses to transfer ${zone}: ${verdict.kind}: ${verdict.text}`
      throw new SourceError(text, { kind: 'server', server: address }, { rejected: true })
    }
    if (!verdict.ok && verdict.kind !== 'unsigned') {
      throw new TransferFailure(address, `${verdict.kind}: ${verdict.text}`)
    }
    const state: TransferState = reader.take(bytes, message)
    if (state.kind === 'refused')
      throw new TransferFailure(address, refusal(state.rcode, tsig, localAddress), true)
    if (state.kind === 'failed') throw new TransferFailure(address, state.reason)
    if (!verdict.ok) throw new TransferFailure(address, `${verdict.kind}: ${verdict.text}`)
    if (state.kind === 'done' && !verdict.isSigned) {
      throw new TransferFailure(address, 'unsigned: the last message is not signed')
    }
    return state.kind === 'done'
  }
  try {
    await exchangeStream({ server, query: signed?.bytes ?? plain, idleMs, totalMs, take, signal })
    return reader.records
  } catch (error) {
    if (error instanceof WireError)
      throw new TransferFailure(address, `a message is malformed: ${error.message}`)
    if (error instanceof ExchangeError) throw new TransferFailure(address, error.message)
    throw error
  }
}

/** What to add where; without a key of ours it has to be our address. */
const refusal = (rcode: string, tsig: TsigKey | undefined, localAddress: string): string => {
  const who = tsig === undefined ? localAddress.replace(/^::ffff:/, '') : `key "${tsig.name}"`
  return `${rcode}; to permit it, add "allow-transfer { ${who}; };" to the zone there`
}
