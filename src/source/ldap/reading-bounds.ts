/** Longest time without a byte, and longest time in all. */
export type ReadingBounds = { readonly idleMs: number; readonly totalMs: number }

/** Of a whole directory (contract, section 3.8). */
export const WHOLE_BOUNDS: ReadingBounds = { idleMs: 2000, totalMs: 120_000 }

const POLL_MS = 100

/**
 * Watches a counter of octets; `signal` is aborted, with the reason in words, once it stood still for
 * too long or the whole took too long. The counter is polled, because below TLS nobody is told of a byte;
 * each time only after what has come was read, for a program that was busy runs its timers before it reads.
 */
export const watchReading = (
  { idleMs, totalMs }: ReadingBounds,
  bytesRead: () => number,
): { readonly signal: AbortSignal; readonly stop: () => void } => {
  const controller = new AbortController()
  const startedAt = performance.now()
  let seen = bytesRead()
  let seenAt = startedAt
  const look = (): void => {
    const now = performance.now()
    const read = bytesRead()
    if (read !== seen) seenAt = now
    seen = read
    if (now - seenAt > idleMs) controller.abort(new Error(`no byte within ${idleMs / 1000} s`))
    if (now - startedAt > totalMs)
      controller.abort(new Error(`not all of it came within ${totalMs / 1000} s`))
  }
  const timer = setInterval(() => setImmediate(look), POLL_MS)
  return { signal: controller.signal, stop: () => clearInterval(timer) }
}
