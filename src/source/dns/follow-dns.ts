import { SourceError } from '../../diagnostic/source-error.ts'
import { foldDnsName } from '../../model/dns-name.ts'
import type { ServerAddress } from '../../model/server-address.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { LiveListener, LiveSource, ReadKey } from '../live-source.ts'
import { noteTaker } from '../note-taker.ts'
import type { Source } from '../source.ts'
import { definitionsKey } from '../zone/change.ts'
import { lookUpInZone } from '../zone/lookup.ts'
import type { ReadZone } from '../zone/read.ts'
import { zoneLists } from '../zone/whole.ts'
import { type ZoneInMemory, zoneSource } from '../zone/zone-source.ts'
import { type DnsClient, dnsClient } from './client.ts'
import { addView, type DnsOptions, refuseUnvalidated, zoneServers } from './dns-options.ts'
import { type HeldZone, heldZone, type KeptZone, restoreZone } from './held-zone.ts'
import { keepUp, offer, type Pursuit } from './keep-up.ts'
import { type Found, lookAtServers } from './look.ts'
import { decideNotify, type Notified } from './notify.ts'
import { literalAddresses, readAddresses } from './server-addresses.ts'
import { newWishes } from './wishes.ts'
import { zoneStanding } from './zone-standing.ts'

/** A zone that is followed, and what it began from. */
export type FollowOptions = DnsOptions & {
  /** What `kept` of a source with the same options gave. */
  readonly restored?: unknown
  /** Longest wait for an answer, and for a byte of a transfer, in milliseconds; 2000 if absent. */
  readonly timeoutMs?: number
}

/** A followed zone: told of changes by NOTIFY, and of an operator who wants all of it anew. */
export type FollowedDns = LiveSource &
  Notified & {
    /** Transfers the whole zone at once and takes it, even where its serial went back. */
    readonly retransfer: () => void
  }

/**
 * A zone that is kept in memory as a secondary keeps it: by AXFR once (RFC 5936), then by IXFR (RFC 1995), when a NOTIFY (RFC
 * 1996) or the timers of its SOA say so. Throws a `SourceError` where a server is no address.
 */
export const followDns = ({ restored, ...options }: FollowOptions): FollowedDns => {
  let kept = restored as KeptZone | undefined
  /** Nobody holds it afterwards: it is as large as the zone. */
  const takeKept = (): KeptZone | undefined => {
    const taken = kept
    kept = undefined
    return taken
  }
  const { zone, name, servers, now } = zoneServers(options)
  const held = heldZone(zone, name)
  const standing = zoneStanding(name, held.soa, now)
  const wishes = newWishes()
  let sending = literalAddresses(servers)
  const { hear, noting } = noteTaker()
  const load = async (): Promise<ReadZone> => {
    const read = held.read()
    if (read !== undefined) return read
    const because = standing.standing().fault?.message ?? `${name}: the zone ${zone} was not transferred yet`
    throw new SourceError(because, { kind: 'server', server: name }, { source: name })
  }
  const view = addView(options, zone, async (owner, type) => {
    hear()?.(foldDnsName(owner))
    return lookUpInZone((await load()).zone, owner, type)
  })
  const look = looking(options, held)
  const pursuit: Pursuit = {
    name,
    servers,
    held,
    standing,
    wishes,
    look: (asked, isForced, signal) => {
      void readAddresses(servers).then(found => {
        sending = found
      })
      return look(asked, isForced, signal)
    },
  }
  return {
    source: notingSource({ name, view, load, describe: standing.describe }, key => hear()?.(key)),
    follow: (listener, signal) => follow(pursuit, takeKept, listener, signal),
    standing: standing.standing,
    lists: async (host, signal) => zoneLists(view, (await load()).zone, host, signal),
    noting,
    kept: () => held.keep(standing.confirmedAtMs() ?? 0),
    notify: (bytes, peer) => {
      const terms = { zone, tsig: options.tsig, servers: sending }
      const verdict = decideNotify(bytes, peer, terms, Math.floor(now() / 1000))
      if (verdict?.look !== undefined) wishes.notify(verdict.look)
      return verdict?.answer
    },
    retransfer: wishes.retransfer,
  }
}

/** Looks at servers for what is newer than the zone that is held. */
const looking = (options: FollowOptions, held: HeldZone): Pursuit['look'] => {
  const { zone, name, servers, now } = zoneServers(options)
  const { tsig, recursive = false, dnssec = 'off', timeoutMs } = options
  const [within, idle] = timeoutMs === undefined ? [{}, {}] : [{ timeoutMs }, { idleMs: timeoutMs }]
  const clientOf = (server: ServerAddress): DnsClient =>
    dnsClient({ name, servers: [server], tsig, recursive, dnssec, now, ...within })
  return async (asked, isForced, signal) => {
    refuseUnvalidated({ name, zone, servers, dnssec })
    const zoneHeld = held.read()?.zone
    return lookAtServers(
      { name, zone, servers: asked, tsig, now, clientOf, held: zoneHeld, isForced, ...idle },
      signal,
    )
  }
}

/** The source over a zone in memory, which also tells of the one question that reads no owner. */
const notingSource = (memory: ZoneInMemory, note: (key: ReadKey) => void): Source => {
  const inner = zoneSource(memory)
  const source: Source = {
    ...inner,
    hasDefinitions: async signal => {
      note(definitionsKey(memory.view.own.zone))
      return inner.hasDefinitions(signal)
    },
    readWhole: async signal => {
      const { value, diagnostics } = await inner.readWhole(signal)
      return { value: value && { ...value, source }, diagnostics }
    },
  }
  return source
}

const follow = async (
  pursuit: Pursuit,
  takeKept: () => KeptZone | undefined,
  listener: LiveListener,
  signal: AbortSignal,
): Promise<void> => {
  const { wishes } = pursuit
  signal.addEventListener('abort', wishes.ring, { once: true })
  try {
    await offerKept(pursuit, takeKept(), listener, signal)
    await keepUp(pursuit, listener, signal)
  } finally {
    signal.removeEventListener('abort', wishes.ring)
  }
}

const offerKept = async (
  pursuit: Pursuit,
  kept: KeptZone | undefined,
  listener: LiveListener,
  signal: AbortSignal,
): Promise<void> => {
  if (kept === undefined || pursuit.held.read() !== undefined) return
  const { confirmedAtMs } = kept
  const found = tryRestore(kept)
  if (found !== undefined)
    await offer(pursuit, found, () => pursuit.standing.recall(confirmedAtMs), listener, signal)
}

/** Contents of another form are none: the zone is transferred then. */
const tryRestore = (kept: KeptZone): Extract<Found, { kind: 'whole' }> | undefined => {
  try {
    return restoreZone(kept)
  } catch (error) {
    if (error instanceof WireError || error instanceof TypeError) return undefined
    throw error
  }
}
