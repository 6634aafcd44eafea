import type { TsigKey } from '../model/tsig-key.ts'
import { openNotifier } from '../server/dns/notify-out.ts'
import { type PublishedZone, publishZone } from '../server/dns/published-zone.ts'
import { queryCounts } from '../server/dns/query-counts.ts'
import type { Secondary } from '../server/dns/secondary.ts'
import { openTransferOut } from '../server/dns/transfer-out.ts'
import { formatTransaction, type Report } from '../server/transaction.ts'
import { openAnywhere } from './dns-server.ts'
import type { HeldLists } from './held-lists.ts'

/** Our server with one published zone, which goes to the keys and, without one, to 127.0.0.1. */
export type PublishedPrimary = {
  readonly port: number
  readonly zone: PublishedZone
  /** The lines of its log so far. */
  readonly lines: string[]
  /** From now on they are told of changes. */
  readonly tell: (secondaries: readonly Secondary[]) => void
  readonly stop: () => Promise<void>
}

/** The serial of its first state. */
export const FIRST_SERIAL = 1_795_000_000

/** Publishes the lists of hosts below example.test at a free port of 127.0.0.1. */
export const startPrimary = async (
  apex: string,
  lists: HeldLists,
  keys: readonly TsigKey[],
): Promise<PublishedPrimary> => {
  let serial = FIRST_SERIAL
  const zone = publishZone(lists, {
    apex,
    primary: 'ns.example.test',
    mailbox: `hostmaster.${apex}`,
    nameServers: ['ns.example.test'],
    ttlSeconds: 300,
    sourceApexes: ['example.test'],
    takeSerial: () => serial++,
  })
  const lines: string[] = []
  const report: Report = transaction => void lines.push(formatTransaction(transaction))
  const permitted = [{ server: { host: '127.0.0.1', port: 53 } }]
  const transfers = openTransferOut({ zone, keys, secondaries: permitted, report })
  const server = await openAnywhere({
    listen: { host: '127.0.0.1', port: 0 },
    zone: () => zone,
    keys,
    nowSeconds: () => Math.floor(Date.now() / 1000),
    transfers,
    responsesPerSecond: 0,
    counts: queryCounts(),
    report,
  })
  const closers = [transfers.close, server.close]
  return {
    port: server.address.port,
    zone,
    lines,
    tell: secondaries => {
      closers.unshift(openNotifier({ zone, secondaries, localAddress: '127.0.0.1', report }).close)
    },
    stop: async () => {
      for (const close of closers) await close()
    },
  }
}
