import { join } from 'node:path'
import type { Report, Transaction } from '../transaction.ts'
import type { DhcpServer } from './answered.ts'
import type { BoundDhcp, DhcpSocket } from './bind.ts'
import type { DhcpConfig } from './dhcp-config.ts'
import { failed, hear } from './hear.ts'
import { type OpenJournalFile, openLeaseJournal, readLeases } from './lease-journal.ts'
import { forgetReserved, type Lease, type LeaseTable, makeLeaseTable, setPools } from './lease-table.ts'
import { makeSubnets } from './subnet.ts'

/** What a server asks and tells. */
export type DhcpOptions = Pick<
  DhcpServer,
  'config' | 'identify' | 'isReserved' | 'probe' | 'boot' | 'now'
> & {
  /** The leases are in its file `leases`, which must be writable after root is given up. */
  readonly stateDirectory: string
  readonly report: Report
  /** How the file of leases is opened; Node's own `open` where absent. */
  readonly openFile?: OpenJournalFile
}

/** Who has which address; nobody has any in mode `proxy`. */
export type Leases = {
  /** The address that a machine was given and still has. */
  readonly addressOf: (mac: string) => string | undefined
  /** The machine that was given an address and still has it. */
  readonly macAt: (address: string) => string | undefined
  /** How many machines have an address now. */
  readonly count: () => number
}

/** A server that runs. */
export type RunningDhcp = {
  readonly leases: Leases
  /** Takes a changed configuration, but for interface and mode; what the sources said of addresses is forgotten. */
  readonly reread: (config: DhcpConfig) => void
  /** Hears nothing any more, and resolves when what was heard is answered. */
  readonly close: () => Promise<void>
}

/**
 * Answers on sockets that are bound. Rejects where the file of leases cannot be read or written; lines of it that
 * are damaged are reported and left out.
 */
export const openDhcpServer = async (
  { sockets, own }: BoundDhcp,
  { stateDirectory, report, openFile, ...options }: DhcpOptions,
): Promise<RunningDhcp> => {
  const path = join(stateDirectory, 'leases')
  const { leases, damaged } = await readLeases(path)
  if (damaged.length > 0) report(damageOf(path, damaged))
  const table = makeLeaseTable(leases, options.now())
  const journal = await openLeaseJournal(path, () => table.leases.values(), openFile)
  const take = (config: DhcpConfig): DhcpServer => {
    const subnets = makeSubnets(config, own)
    setPools(table, [subnets.own, ...subnets.remote])
    return { ...options, config, subnets, table, journal, serverAddress: own.replace(/\/.*/, '') }
  }
  let server = take(options.config)
  const pending = new Map<string, Promise<void>>()
  let isOpen = true
  for (const [port, socket] of sockets) {
    socket.on('message', (octets, from) => {
      if (isOpen) hear({ octets, from, port, socket }, server, pending, report)
    })
    socket.on('error', error => report(failed({ client: own, request: `port ${port}` }, error)))
  }
  return {
    leases: leasesOf(table, options.now),
    reread: config => {
      forgetReserved(table, options.now())
      server = take(config)
    },
    close: async () => {
      isOpen = false
      await Promise.all(pending.values())
      await Promise.all([...sockets.values()].map(closed))
      await journal.close()
    },
  }
}

const closed = (socket: DhcpSocket): Promise<void> => new Promise(resolve => socket.close(() => resolve()))

const leasesOf = ({ leases, ofClient }: LeaseTable, now: () => number): Leases => {
  const isBound = (lease: Lease | undefined): boolean =>
    lease !== undefined && lease.state === 'bound' && lease.until > now()
  return {
    addressOf: mac => [...(ofClient.get(mac) ?? [])].findLast(address => isBound(leases.get(address))),
    macAt: address => {
      const lease = leases.get(address)
      return isBound(lease) ? lease?.client : undefined
    },
    count: () => [...leases.values()].filter(isBound).length,
  }
}

const damageOf = (path: string, [first, ...others]: readonly number[]): Transaction => ({
  protocol: 'dhcp',
  client: path,
  request: 'leases',
  outcome: 'malformed',
  text: `line ${first}${others.length > 0 ? ` and ${others.length} more` : ''} cut or changed, left out`,
})
