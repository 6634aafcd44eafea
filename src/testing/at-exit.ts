import { type ChildProcess, spawnSync } from 'node:child_process'
import { constants } from 'node:os'

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

const undos = new Set<() => void>()

/**
 * Has something undone when this process ends, by a signal too but for SIGKILL; gives the function that forgets it. There is no
 * time left for what is not synchronous.
 */
export const atExit = (undo: () => void): (() => void) => {
  if (process.listenerCount('exit', undoAll) === 0) {
    process.on('exit', undoAll)
    for (const signal of SIGNALS) process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
  undos.add(undo)
  return () => void undos.delete(undo)
}

const undoAll = (): void => {
  for (const undo of [...undos].toReversed()) undo()
}

/** A program that is killed when this process ends before it. */
export const untilExit = <T extends ChildProcess>(program: T): T => {
  program.once(
    'exit',
    atExit(() => program.kill('SIGKILL')),
  )
  return program
}

/** Takes a network namespace away with this process, if it is still there; gives the function that forgets it. */
export const namespaceUntilExit = (name: string): (() => void) =>
  atExit(() => void spawnSync('ip', ['netns', 'delete', name], { stdio: 'ignore' }))
