import type { Config } from '../config/read-config.ts'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { SourceError, toDiagnostic } from '../diagnostic/source-error.ts'
import { parseMac } from '../model/host-query.ts'
import { canonicalIpAddress } from '../model/ip-address.ts'
import type { BootHost, IdentifyMachine, MachineIdentity } from '../server/boot-host.ts'
import { findHost } from '../source/find-host.ts'
import { nameOf } from '../source/order.ts'
import { type LookupAnswer, lookUpIn } from './look-up.ts'
import { type OpenSources, openSources } from './open-sources.ts'

/** Who machines are, by the sources of a configuration. */
export type Identifier = {
  readonly identify: IdentifyMachine
  /** Whether an address is some host's own. False where no source can tell, with a warning: the reverse zone may be anybody's. */
  readonly isReserved: (address: string) => Promise<boolean>
  /** Opens the sources now, so that a secret which cannot be read is told at once: rejects with a `SourceError`. */
  readonly open: () => Promise<void>
  /** Lets go of the sources and of what they said; the next question opens them anew. */
  readonly close: () => Promise<void>
}

/** What an identifier needs beside the configuration. */
export type IdentifierOptions = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Aborts questions that are under way. */
  readonly signal: AbortSignal
  /** Takes what is to be said of sources: that a snapshot answers, or cannot be written. */
  readonly warn: (diagnostic: Diagnostic) => void
  /** How long an answer holds, and the sources stay open. */
  readonly keepMs?: number
  /** Sources that are open already, where there are any. */
  readonly following?: () => OpenSources | undefined
}

/** A machine asks a few times during one boot, and whoever changes a record wants it to count at the next one. */
const KEEP_MS = 10_000
/** Machines whose answers are kept at a time, and that are asked for at a time. */
const MOST_KEPT = 10_000
const MOST_AT_ONCE = 256

/** Sources that are open for some seconds, and what they said meanwhile: files are read once, and no answer is older. */
type Round = {
  readonly opened: Promise<OpenSources>
  readonly answers: Map<string, Promise<BootHost | 'unknown'>>
  readonly timer: NodeJS.Timeout
}

/**
 * Opens the sources for as long as machines ask. A machine is known by its MAC, else by its UUID (contract, section 9). What is asked
 * of one machine several times is looked up once; a fault is not kept.
 */
export const openIdentifier = (config: Config, options: IdentifierOptions): Identifier => {
  const { now, signal, warn, keepMs = KEEP_MS, following } = options
  let current: Round | undefined
  let underWay = 0
  const openRound = async (): Promise<OpenSources> =>
    following?.() ?? openSources(config, { now, alsoKnown: new Set(), fresh: false })
  const begin = (): Round => {
    const round: Round = {
      opened: openRound(),
      answers: new Map(),
      timer: setTimeout(() => leave(round), keepMs).unref(),
    }
    round.opened.catch(() => leave(round))
    return round
  }
  const leave = async (round: Round): Promise<void> => {
    clearTimeout(round.timer)
    if (current === round) current = undefined
    await Promise.allSettled(round.answers.values())
    await endRound(await round.opened.catch(() => undefined), warn)
  }
  const ask = (round: Round, key: string, machine: MachineIdentity): Promise<BootHost | 'unknown'> => {
    underWay += 1
    const answer = identifyIn(round, machine, config, signal).finally(() => {
      underWay -= 1
    })
    round.answers.set(key, answer)
    answer.catch(() => round.answers.delete(key))
    if (round.answers.size >= MOST_KEPT) leave(round)
    return answer
  }
  return {
    open: async () => {
      current ??= begin()
      await current.opened
    },
    isReserved: async address => {
      current ??= begin()
      return isOwnAddress(await current.opened, address, options)
    },
    identify: async machine => {
      current ??= begin()
      const key = `${machine.mac} ${machine.uuid ?? ''}`
      const kept = current.answers.get(key)
      if (kept !== undefined) return kept
      if (underWay >= MOST_AT_ONCE) throw tooMany(machine)
      return ask(current, key, machine)
    },
    close: async () => current && leave(current),
  }
}

/** Never rejects: what was read counts, whatever becomes of a connection afterwards. */
const endRound = async (opened: OpenSources | undefined, warn: IdentifierOptions['warn']): Promise<void> => {
  if (opened === undefined) return
  for (const diagnostic of await opened.snapshots.keep()) warn(diagnostic)
  await Promise.allSettled(opened.sources.map(source => source.close()))
}

const identifyIn = async (
  round: Round,
  { mac, uuid }: MachineIdentity,
  config: Config,
  signal: AbortSignal,
): Promise<BootHost | 'unknown'> => {
  const { sources, snapshots } = await round.opened
  // What hardware other than Ethernet has in the place of a MAC may read as the name or the address of some host.
  for (const name of [parseMac(mac), uuid]) {
    if (name === undefined) continue
    const request = { host: name, facts: [], added: [], configSpaceClasses: new Set<string>(), fresh: false }
    const answer = await snapshots.answer(() => lookUpIn(sources, config, request, signal))
    const host = bootHostOf(answer, name)
    if (host !== 'unknown') return host
  }
  return 'unknown'
}

const isOwnAddress = async (
  { sources, snapshots }: OpenSources,
  ip: string,
  { signal, warn }: IdentifierOptions,
): Promise<boolean> => {
  try {
    const found = await snapshots.answer(() => findHost(sources, { kind: 'ip', ip }, signal))
    return !found.diagnostics.some(({ code }) => code === 'host-not-found')
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    warn({ ...toDiagnostic(error), severity: 'warning' })
    return false
  }
}

/**
 * What a lookup by MAC or UUID says of a machine; throws a `SourceError` where the answer is wrong. Pure.
 *
 *     name of the host   class list   result
 *     none               none         `unknown`, where nothing else is wrong
 *     found              there        the host
 *     found              none         what is wrong; that no source knows the host that a PTR record names
 */
const bootHostOf = (
  { host, resolved, addresses, zoneAddresses, diagnostics }: BootAnswer,
  name: string,
): BootHost | 'unknown' => {
  if (host !== undefined && resolved !== undefined) {
    const all = [...addresses, ...zoneAddresses].flatMap(address => canonicalIpAddress(address) ?? [])
    return {
      short: host.short,
      fqdn: nameOf(host),
      addresses: [...new Set(all)],
      classes: resolved.classes,
    }
  }
  const faults = diagnostics.filter(({ severity }) => severity === 'error')
  const [fault] = faults
  if (host === undefined && faults.every(({ code }) => code === 'host-not-found')) return 'unknown'
  if (fault === undefined) throw new Error(`the lookup of ${name} ended without a host and without a fault`)
  const of = host === undefined ? name : nameOf(host)
  throw new SourceError(`${of}: ${fault.message}`, fault.origin, { code: fault.code })
}

type BootAnswer = Pick<LookupAnswer, 'host' | 'resolved' | 'addresses' | 'zoneAddresses' | 'diagnostics'>

const tooMany = ({ mac }: MachineIdentity): SourceError =>
  new SourceError(`${MOST_AT_ONCE} machines are being looked up already`, {
    kind: 'packet',
    protocol: 'dhcp',
    peer: mac,
  })
