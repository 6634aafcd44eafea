import { type Diagnostic, errorAt } from '../../diagnostic/diagnostic.ts'
import type { SourceStanding } from '../../model/class-lists.ts'
import type { Soa } from '../../wire/dns/soa.ts'
import type { SourceState } from '../source.ts'

/** Where a zone stands of which `soa` is held. */
export const zoneStanding = (name: string, soa: () => Soa | undefined, now: () => number) => {
  let confirmedAtMs: number | undefined
  let isConfirmed = false
  let failure: Diagnostic | undefined
  const expiresAtMs = (): number => {
    const held = soa()
    return confirmedAtMs === undefined || held === undefined
      ? Number.POSITIVE_INFINITY
      : confirmedAtMs + Math.max(1, held.expireSeconds) * 1000
  }
  const fault = (): Diagnostic | undefined =>
    now() < expiresAtMs() ? failure : expired(name, soa()?.expireSeconds ?? 0, failure)
  const standing = (): SourceStanding => {
    const serial = soa()?.serial
    const because = fault()
    const isCurrent = isConfirmed && because === undefined
    return {
      name,
      phase: serial === undefined ? 'loading' : isCurrent ? 'current' : 'behind',
      ...(serial === undefined ? {} : { serial }),
      ...(confirmedAtMs === undefined ? {} : { confirmedAtMs }),
      ...(because === undefined ? {} : { fault: because }),
    }
  }
  return {
    standing,
    /** Its server has what is held, now. */
    confirm: (): void => {
      confirmedAtMs = now()
      isConfirmed = true
      failure = undefined
    },
    /** What is held is of an earlier run, when a server last had it. */
    recall: (atMs: number): void => {
      confirmedAtMs = atMs
    },
    fail: (diagnostic: Diagnostic): void => {
      failure = diagnostic
    },
    confirmedAtMs: () => confirmedAtMs,
    /** How long until the zone expires (RFC 1035, section 3.3.13); infinite once it has, and where there is none. */
    expiresInMs: (): number => {
      const leftMs = expiresAtMs() - now()
      return leftMs > 0 ? leftMs : Number.POSITIVE_INFINITY
    },
    /** As a lookup shows it. */
    describe: (): SourceState => {
      const { phase, serial } = standing()
      if (serial === undefined) return { name, state: 'unread' }
      if (phase === 'current' || confirmedAtMs === undefined) return { name, state: 'live', serial }
      return {
        name,
        state: 'stale',
        serial,
        ageSeconds: Math.max(0, Math.floor((now() - confirmedAtMs) / 1000)),
      }
    },
  }
}

/** Where a zone stands. */
export type ZoneStanding = ReturnType<typeof zoneStanding>

const expired = (name: string, expireSeconds: number, because: Diagnostic | undefined): Diagnostic => {
  const why = because === undefined ? '' : `: ${because.message}`
  return errorAt(
    'zone-expired',
    `${name}: no server confirmed the zone for ${expireSeconds} s, as long as its SOA permits${why}`,
    because?.origin ?? { kind: 'server', server: name },
  )
}
