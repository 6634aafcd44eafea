import { errorAt } from '../../diagnostic/diagnostic.ts'
import { SourceError } from '../../diagnostic/source-error.ts'
import type { ServerAddress } from '../../model/server-address.ts'
import type { LiveListener } from '../live-source.ts'
import type { HeldZone } from './held-zone.ts'
import type { Found } from './look.ts'
import { pauseMs } from './refresh.ts'
import type { Wishes } from './wishes.ts'
import type { ZoneStanding } from './zone-standing.ts'

/** What it takes to follow one zone. */
export type Pursuit = {
  readonly name: string
  readonly servers: readonly ServerAddress[]
  readonly look: (servers: readonly ServerAddress[], isForced: boolean, signal: AbortSignal) => Promise<Found>
  readonly held: HeldZone
  readonly standing: ZoneStanding
  readonly wishes: Wishes
}

/** Looks because of NOTIFYs are this far apart where one of them found nothing. */
const QUIET_MS = 1000

/** Looks at the servers whenever the SOA or a NOTIFY says so, and offers what they have, until the signal is aborted. */
export const keepUp = async (
  pursuit: Pursuit,
  listener: LiveListener,
  signal: AbortSignal,
): Promise<void> => {
  const { held, standing, wishes } = pursuit
  let dueAt = performance.now()
  let quietUntil = dueAt
  let failures = 0
  let isOwed = false
  let said = formatStanding(standing)
  while (!signal.aborted) {
    const isNotified = wishes.isNotified(held.soa()?.serial)
    const at = performance.now()
    const isTimed = wishes.isForced() || at >= dueAt
    if (isTimed || (isNotified && at >= quietUntil)) {
      const { servers: asked, isForced } = wishes.take()
      const servers = isTimed ? [...new Set([...asked, ...pursuit.servers])] : asked
      const outcome = await tryOnce(pursuit, servers, isForced, listener, signal)
      failures = outcome === 'failed' ? failures + 1 : 0
      isOwed = outcome === 'failed' && (isOwed || !isTimed)
      quietUntil = performance.now() + (outcome === 'changed' ? 0 : QUIET_MS)
      dueAt = performance.now() + pauseMs({ soa: held.soa(), failures, isNotified: isOwed })
    } else {
      const next = isNotified ? Math.min(dueAt, quietUntil) : dueAt
      await wishes.wait(Math.min(next - at, standing.expiresInMs()))
    }
    const now = formatStanding(standing)
    if (now !== said) listener.stood()
    said = now
  }
}

/** Everything that a standing says but for the time. */
const formatStanding = ({ standing }: ZoneStanding): string => {
  const { phase, serial, fault } = standing()
  return JSON.stringify([phase, serial, fault])
}

const tryOnce = async (
  { name, look, held, standing, wishes }: Pursuit,
  servers: readonly ServerAddress[],
  isForced: boolean,
  listener: LiveListener,
  signal: AbortSignal,
): Promise<'changed' | 'unchanged' | 'failed'> => {
  try {
    const found = await look(servers, isForced, signal)
    switch (found.kind) {
      case 'current':
        standing.confirm()
        return 'unchanged'
      case 'older': {
        const { serial, server } = found
        const message = `${name}: the serial went back: ${server} has ${serial}, older than ${held.soa()?.serial}, which still answers`
        standing.fail(errorAt('serial-went-back', message, { kind: 'server', server }))
        return 'unchanged'
      }
      case 'edit':
      case 'whole':
        await offer({ held, wishes }, found, standing.confirm, listener, signal)
        return 'changed'
    }
  } catch (error) {
    if (signal.aborted) return 'failed'
    if (!(error instanceof SourceError)) throw error
    standing.fail(errorAt(error.code, error.message, error.origin))
    return 'failed'
  }
}

/** Offers a change and waits until it is made, so that the next one can be worked out from memory. */
export const offer = async (
  { held, wishes }: Pick<Pursuit, 'held' | 'wishes'>,
  found: Parameters<HeldZone['prepare']>[0],
  onApplied: () => void,
  listener: LiveListener,
  signal: AbortSignal,
): Promise<void> => {
  const apply = held.prepare(found)
  let isApplied = false
  listener.changed(() => {
    const change = apply()
    isApplied = true
    onApplied()
    wishes.ring()
    return change
  })
  while (!isApplied && !signal.aborted) await wishes.wait(Number.POSITIVE_INFINITY)
}
