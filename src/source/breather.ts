import { setImmediate as turn } from 'node:timers/promises'

/** Gives whoever else waits a turn each time `WORK_MS` of work are done; to be called between two pieces of it. */
export const breather = (): (() => Promise<void> | undefined) => {
  let since = performance.now()
  const breathe = async (): Promise<void> => {
    await turn()
    since = performance.now()
  }
  return () => (performance.now() - since < WORK_MS ? undefined : breathe())
}

const WORK_MS = 10
