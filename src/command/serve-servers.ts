import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { becomeUser, type User } from '../server/become-user.ts'
import { openBootStates } from '../server/boot/boot-states.ts'
import { bootStore } from '../server/boot/store.ts'
import { openCounters } from '../server/counters.ts'
import { bindDhcp, checkRanges, type DhcpSocket } from '../server/dhcp/bind.ts'
import type { RunningDhcp } from '../server/dhcp/listen.ts'
import { type QueryCounts, queryCounts } from '../server/dns/query-counts.ts'
import type { Report } from '../server/transaction.ts'
import { type ListeningDns, openDns } from './serve-dns.ts'
import { listeningAt } from './serve-error.ts'
import type { ServePart } from './serve-faults.ts'
import { type Followed, openFollowed } from './serve-followed.ts'
import {
  dhcpLine,
  type Listening,
  openDhcp,
  openHttp,
  openTftp,
  type PartSetting,
  toDhcpConfig,
} from './serve-parts.ts'
import { makeWiring, type ServingConfig, type WiringBase } from './serve-wiring.ts'

/** What servers are opened with. */
export type ServersSetting = {
  readonly config: ServingConfig
  readonly parts: ReadonlySet<ServePart>
  readonly stateDirectory: string
  /** Who this process becomes once it has its ports; absent where it is that user already. */
  readonly user: User | undefined
  readonly log: Report
  readonly warn: (diagnostic: Diagnostic) => void
  readonly deps: WiringBase['deps']
}

/** Servers that answer. */
export type Servers = {
  /** What is served where, one line a server. */
  readonly lines: readonly string[]
  /** Takes another configuration, but for what is bound. Rejects with a `SourceError`, and leaves the old one. */
  readonly take: (config: ServingConfig) => Promise<void>
  /** Takes no more requests, ends what is in flight, and lets go of everything. */
  readonly close: () => Promise<void>
}

/**
 * Binds what is configured, as root where that takes it, then becomes the user of `serve.user`; DHCP answers from then on. A
 * server that cannot be opened takes those with it that were.
 */
export const openServers = async (setting: ServersSetting): Promise<Servers> => {
  const closers: (() => Promise<void>)[] = []
  const lookups = new AbortController()
  const close = async (): Promise<void> => {
    await Promise.all(closers.map(closeOne => closeOne()))
    lookups.abort()
  }
  try {
    const servers = await openAll(setting, lookups.signal, closers)
    return { ...servers, close }
  } catch (error) {
    await close()
    throw error
  }
}

const openAll = async (
  setting: ServersSetting,
  signal: AbortSignal,
  closers: (() => Promise<void>)[],
): Promise<Omit<Servers, 'close'>> => {
  const { config, parts, stateDirectory, user, log, warn, deps } = setting
  const { dhcp: dhcpConfig } = config.serve
  let dhcp: RunningDhcp | undefined
  let followed: Followed | undefined
  const queries = queryCounts()
  const counters = openCounters(() => dhcp?.leases.count() ?? 0, queries.read)
  const report: Report = transaction => {
    log(transaction)
    counters.count(transaction)
  }
  const bound = parts.has('dhcp') ? await bindDhcp(toDhcpConfig(config)) : undefined
  closers.push(async () => (dhcp === undefined ? bound?.sockets.forEach(unbind) : dhcp.close()))
  const store = bootStore(join(stateDirectory, 'boot'), user)
  const states = await openBootStates({ store, now: deps.now, random: randomBytes, report })
  const givesAddresses = bound !== undefined && dhcpConfig?.mode === 'authoritative'
  const base: WiringBase = {
    ...{ deps, signal, warn, states, report },
    leases: givesAddresses ? { macAt: address => dhcp?.leases.macAt(address) } : undefined,
    ownAddress: bound?.own.replace(/\/.*/, ''),
    following: () => followed?.live.sources(),
  }
  let wiring = makeWiring(config, base)
  closers.push(() => wiring.identifier.close())
  const part: PartSetting = { base, stateDirectory, wiring: () => wiring, metrics: counters.text }
  const { dns, lines } = await openListeners(part, parts, queries, closers)
  // Nothing has been heard yet: the event loop has not waited since.
  if (user !== undefined) becomeUser(user)
  followed = await openFollowed(config, part, { parts, dns, closers })
  await wiring.identifier.open()
  if (bound !== undefined) dhcp = await openDhcp(bound, part)
  return {
    lines: [...(bound === undefined ? [] : [dhcpLine(config, bound)]), ...lines, ...(followed?.lines ?? [])],
    take: async next => {
      if (bound !== undefined) checkRanges(toDhcpConfig(next), bound.own)
      const wired = makeWiring(next, base)
      await wired.identifier.open()
      const before = wiring
      wiring = wired
      dhcp?.reread(toDhcpConfig(next))
      await before.identifier.close()
      await followed?.reread()
    },
  }
}

/** Those that may need root to listen. */
const openListeners = async (
  part: PartSetting,
  parts: ReadonlySet<ServePart>,
  queries: QueryCounts,
  closers: (() => Promise<void>)[],
): Promise<{ readonly dns: ListeningDns | undefined; readonly lines: readonly string[] }> => {
  const keep = async <T extends Listening>(opening: Promise<T>): Promise<T> => {
    const opened = await opening
    closers.push(opened.close)
    return opened
  }
  const dns = parts.has('dns') ? keep(listeningAt('serve.dns.listen', openDns(part, queries))) : undefined
  const listening = await allOrThrow<Listening>([
    ...(dns === undefined ? [] : [dns]),
    ...(parts.has('tftp') ? [keep(listeningAt('serve.tftp.listen', openTftp(part)))] : []),
    ...(parts.has('http') ? [keep(listeningAt('serve.http.listen', openHttp(part)))] : []),
  ])
  return { dns: await dns, lines: listening.map(({ line }) => line) }
}

/** All of them, or, once each of them has ended, the first that failed. */
const allOrThrow = async <T>(promises: readonly Promise<T>[]): Promise<readonly T[]> => {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

const unbind = (socket: DhcpSocket): void => void socket.close()
