/** Lets one waiter sleep until somebody rings, or a time is over. */
export type Bell = {
  readonly ring: () => void
  /** Ends at once where it was rung since the last wait. */
  readonly wait: (ms: number) => Promise<void>
}

/** What a timer can wait. */
const MOST_MS = 2 ** 31 - 1

/** A bell that nobody has rung. */
export const newBell = (): Bell => {
  let isRung = false
  let wake = (): void => {}
  return {
    ring: () => {
      isRung = true
      wake()
    },
    wait: async ms => {
      if (!isRung) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        const timer = setTimeout(resolve, Math.min(Math.max(0, ms), MOST_MS))
        await promise.finally(() => clearTimeout(timer))
      }
      isRung = false
    },
  }
}
