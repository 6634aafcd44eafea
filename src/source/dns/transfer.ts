import type { ServerAddress } from '../../model/server-address.ts'
import { transferReader } from '../../wire/dns/transfer.ts'
import type { TransferredRecord } from '../../wire/dns/transfer-reader.ts'
import {
  exchangeTransfer,
  TOTAL_MS,
  TransferFailure,
  type TransferOptions,
  transferError,
} from './transfer-exchange.ts'

/**
 * Transfers a zone (AXFR, RFC 5936) from the first server that gives the whole of it. Rejects with a
 * `SourceError` where none does: `transfer-refused` where one of them will not, `rejected`
 * where one refuses our key or its signature is not to be believed.
 */
export const transferZone = async (
  options: TransferOptions,
  signal: AbortSignal,
): Promise<readonly TransferredRecord[]> => {
  const { servers, totalMs = TOTAL_MS } = options
  const failures: TransferFailure[] = []
  const startedAt = performance.now()
  for (const server of servers) {
    const leftMs = Math.max(1, totalMs - (performance.now() - startedAt))
    try {
      return await transferFrom({ ...options, totalMs: leftMs }, server, signal)
    } catch (error) {
      if (!(error instanceof TransferFailure)) throw error
      failures.push(error)
    }
  }
  throw transferError(options, failures)
}

/** The same from one server; rejects as `exchangeTransfer` does. */
export const transferFrom = async (
  options: TransferOptions,
  server: ServerAddress,
  signal: AbortSignal,
): Promise<readonly TransferredRecord[]> => {
  const readerOf = (id: number) => transferReader(id, options.zone)
  return (await exchangeTransfer(options, server, { type: 'AXFR', readerOf }, signal)).records
}
