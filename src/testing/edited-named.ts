import { exchangeUdp } from '../source/dns/exchange.ts'
import { decodeMessage, type Message, type PlacedRecord } from '../wire/dns/message.ts'
import { encodeRdata } from '../wire/dns/rdata.ts'
import { addRecord, deleteRrset, encodeUpdate } from '../wire/dns/update.ts'
import { type Named, type NamedZone, startNamed } from './named.ts'

/** A named whose zone is edited while somebody follows it. */
export type EditedNamed = Named & {
  /** Makes a text the one at an owner; resolves once that is acknowledged, rejects where it is refused. */
  readonly setText: (owner: string, text: string) => Promise<void>
}

/** Starts one that takes updates, and tells of each at once to a port of 127.0.0.1. */
export const startEditedNamed = async (zone: NamedZone, notifyPort: number): Promise<EditedNamed> => {
  const named = await startNamed({
    // Without these BIND waits five seconds between two NOTIFYs, and sends twenty a second.
    statements: 'notify-rate 10000;',
    zones: [
      {
        ...zone,
        statements: `allow-update { 127.0.0.1; }; allow-transfer { 127.0.0.1; }; notify explicit; notify-delay 0; also-notify { 127.0.0.1 port ${notifyPort}; };`,
      },
    ],
  })
  const setText = async (owner: string, text: string): Promise<void> => {
    const rdata = encodeRdata({ kind: 'text', strings: [Buffer.from(text)] })
    const changes = [deleteRrset(owner, 'TXT'), addRecord(owner, 'TXT', 300, rdata)]
    const { rcode } = await askPort(named.port, encodeUpdate(0, zone.name, [], changes))
    if (rcode !== 0) throw new Error(`named refuses the update of ${owner}: ${rcode}`)
  }
  return { ...named, setText }
}

/** Asks whoever serves DNS at a port of 127.0.0.1, over UDP, and waits for long. */
export const askPort = async (port: number, query: Buffer): Promise<Message<PlacedRecord>> =>
  decodeMessage(
    await exchangeUdp({
      server: { host: '127.0.0.1', port },
      query,
      signal: new AbortController().signal,
      timeoutMs: 120_000,
      accept: () => true,
    }),
  )
