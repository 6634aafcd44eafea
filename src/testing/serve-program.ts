import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { untilExit } from './at-exit.ts'
import { ROOT } from './test-files.ts'

/** `fai-classes serve` that runs. */
export type ServeProgram = {
  readonly pid: number
  /** What it said so far, on both channels. */
  readonly log: () => string
  /** Resolves once it has said what is waited for; rejects where it ends before. */
  readonly until: (pattern: RegExp) => Promise<void>
  /** Asks it to end, and gives its exit code. */
  readonly stop: () => Promise<number | undefined>
}

const PROGRAM = join(ROOT, 'bin/fai-classes')

/** Starts `serve` behind a command such as one that enters a namespace, and resolves once it serves; rejects where it does not. */
export const startServe = async (
  config: string,
  enter: readonly string[],
  args: readonly string[] = [],
): Promise<ServeProgram> => {
  const [program = '', ...words] = [...enter, PROGRAM, 'serve', '--config', config, ...args]
  const child = untilExit(spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] }))
  const ended = once(child, 'exit')
  let log = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', chunk => {
      log += chunk
      for (const listener of listeners) listener()
    })
  }
  const until = async (pattern: RegExp): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const listener = (): void => {
      if (pattern.test(log)) resolve()
    }
    listeners.add(listener)
    listener()
    ended.then(() => reject(new Error(`serve ended without ${pattern}:\n${log}`)), reject)
    await promise.finally(() => listeners.delete(listener))
  }
  const stop = async (): Promise<number | undefined> => {
    child.kill('SIGTERM')
    const [code] = await ended
    return code ?? undefined
  }
  await until(/^serving /m)
  return { pid: child.pid ?? 0, log: () => log, until, stop }
}
