import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from './apply-error.ts'

/** Everything that must be undone at the end, whatever the end is. */
export type UndoStack = {
  push(entry: UndoEntry): void
  /** Undoes one thing before the others; rejects where it cannot. Nothing where it is not there. */
  undoOne(title: string): Promise<void>
  /** Undoes all in reverse order and goes on after a failure; returns one line for each thing left behind. */
  undoAll(): Promise<readonly string[]>
}

/** One thing that must be undone. */
export type UndoEntry = {
  /** What is left behind where it cannot be undone, such as `mount /target/boot`. */
  readonly title: string
  readonly undo: () => Promise<void>
}

const ATTEMPTS = 8
const FIRST_WAIT_MS = 50

/**
 * An empty stack. A device may be busy for a moment, because a program of the target still runs or the kernel holds it:
 * before each new attempt `onBusy` gets the chance to end what holds it. The attempts take six seconds in all.
 */
export const undoStack = (
  onBusy: () => Promise<void>,
  wait: (ms: number) => Promise<unknown> = delay,
): UndoStack => {
  const entries: UndoEntry[] = []
  return {
    push: entry => void entries.push(entry),
    async undoOne(title) {
      const index = entries.findLastIndex(entry => entry.title === title)
      const [entry] = index < 0 ? [] : entries.splice(index, 1)
      const failure = entry && (await attempt(entry, onBusy, wait))
      if (failure !== undefined) throw new Error(failure)
    },
    async undoAll() {
      const failures: string[] = []
      for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
        const failure = await attempt(entry, onBusy, wait)
        if (failure !== undefined) failures.push(failure)
      }
      return failures
    },
  }
}

const attempt = async (
  { title, undo }: UndoEntry,
  onBusy: () => Promise<void>,
  wait: (ms: number) => Promise<unknown>,
): Promise<string | undefined> => {
  for (let count = 1; ; count++) {
    try {
      await undo()
      return undefined
    } catch (error) {
      if (count === ATTEMPTS) return `${title} (${messageOf(error)})`
      await onBusy()
      await wait(FIRST_WAIT_MS * 2 ** (count - 1))
    }
  }
}
