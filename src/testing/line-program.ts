import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { PATIENCE_MS } from './patience.ts'

/** A program that runs beside a test and is read line by line, stdout and stderr as one. */
export type LineProgram = {
  /** All that it said so far. */
  readonly lines: readonly string[]
  /**
   * The first line, or that one of so many, said already or to come, that matches; rejects where the program ends before,
   * or after `PATIENCE_MS`.
   */
  readonly line: (pattern: RegExp, from?: number, count?: number) => Promise<string>
  readonly write: (text: string) => void
  /** Ends it, with SIGTERM unless told, and waits until it is gone. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
}

/** Starts a program. */
export const startLines = ([file, ...args]: readonly [string, ...string[]]): LineProgram => {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const check of [...waiting]) check()
  }
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line => {
      lines.push(line)
      wake()
    })
  }
  child.stdin.on('error', () => {})
  const ended = Promise.race([once(child, 'close'), once(child, 'error')])
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null
  void ended.then(wake)
  return {
    lines,
    line: (pattern, from = 0, count = 1) =>
      nextLine({ lines, waiting, isOver, name: file }, { pattern, from, count }),
    write: text => void child.stdin.write(text),
    stop: signal => stopChild(child, ended, signal),
  }
}

type Watched = {
  readonly lines: readonly string[]
  readonly waiting: Set<() => void>
  readonly isOver: () => boolean
  readonly name: string
}

type Wanted = { readonly pattern: RegExp; readonly from: number; readonly count: number }

const nextLine = (
  { lines, waiting, isOver, name }: Watched,
  { pattern, from, count }: Wanted,
): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const fail = (why: string): void =>
    reject(new Error(`${name} ${why} without ${pattern}:\n${lines.join('\n')}`))
  const check = (): void => {
    const found = lines.slice(from).filter(line => pattern.test(line))[count - 1]
    if (found !== undefined) resolve(found)
    else if (isOver()) fail('ended')
  }
  const timer = setTimeout(() => fail('runs on'), PATIENCE_MS)
  waiting.add(check)
  check()
  return promise.finally(() => {
    clearTimeout(timer)
    waiting.delete(check)
  })
}

const stopChild = async (
  child: ChildProcess,
  ended: Promise<unknown>,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> => {
  child.kill(signal)
  await ended
}
