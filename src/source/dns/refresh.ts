import type { Soa } from '../../wire/dns/soa.ts'

/** Bounds of what an SOA may ask for. */
const LEAST_MS = 1000
const MOST_MS = 86_400_000
/** Longest pause while there is no zone yet. */
const MOST_FIRST_MS = 60_000

/** What came of looking at the servers, as far as it says when to look again. */
export type LookedAt = {
  /** Of the zone that is held; undefined before there is one. */
  readonly soa: Soa | undefined
  /** Looks that failed one after the other, up to now. */
  readonly failures: number
  /** A NOTIFY made us look, so that there is something newer. */
  readonly isNotified: boolean
}

/**
 * How long to wait before the servers are asked by ourselves (RFC 1035, section 3.3.13), in milliseconds; never less than 1 s
 * nor more than a day. Pure.
 *
 *     a look that succeeded                    refresh
 *     the first zone could not be had          1 s, doubled each time, 60 s at most
 *     a look after a NOTIFY failed             the same, retry at most
 *     another look failed                      retry
 */
export const pauseMs = ({ soa, failures, isNotified }: LookedAt): number => {
  const growing = LEAST_MS * 2 ** Math.min(failures - 1, 20)
  if (soa === undefined) return Math.min(growing, MOST_FIRST_MS)
  if (failures === 0) return bounded(soa.refreshSeconds)
  const retry = bounded(soa.retrySeconds)
  return isNotified ? Math.min(growing, retry) : retry
}

const bounded = (seconds: number): number => Math.min(MOST_MS, Math.max(LEAST_MS, seconds * 1000))
