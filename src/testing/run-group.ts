import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What to start, and until when it may run. */
export type GroupOptions = {
  readonly file: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly onStdout: (chunk: string) => void
  readonly onStderr: (chunk: string) => void
}

/** How a process group ended; `fault` says what was wrong with the way it ended. */
export type GroupEnd = { readonly code: number | undefined; readonly fault: string | undefined }

/** Time between SIGTERM and SIGKILL, and for the last children to go after their parent. */
const GRACE_MS = 3000

/** A variable that all have which a group started, in whatever group or session they are. */
const MARK = 'FAI_CLASSES_GROUP'

/**
 * Runs a program in a process group of its own and ends what is left of the group, so that no server and no
 * virtual machine outlives the test that started it; what has left the group, and network namespaces that bear its number, go
 * without a word. Never rejects.
 */
export const runGroup = async (options: GroupOptions): Promise<GroupEnd> => {
  const { file, args, timeoutMs, signal } = options
  const mark = `${MARK}=${randomUUID()}`
  const env = { ...options.env, [MARK]: mark.slice(MARK.length + 1) }
  const child = spawn(file, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.setEncoding('utf8').on('data', options.onStdout)
  child.stderr.setEncoding('utf8').on('data', options.onStderr)
  child.once('error', () => {})
  const group = child.pid
  if (group === undefined) return { code: undefined, fault: `${file} could not be started` }

  let fault: string | undefined
  const end = (why: string) => {
    fault ??= `${why}; still running: ${readGroup(group).join(', ')}`
    signalGroup(group, 'SIGTERM')
    setTimeout(() => signalGroup(group, 'SIGKILL'), GRACE_MS).unref()
  }
  const timer = setTimeout(() => end(`not done after ${timeoutMs / 1000} s`), timeoutMs)
  const onAbort = () => end('interrupted')
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  // A child that keeps the pipes open must not keep us waiting: 'exit', not 'close', and then the group is cleared.
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))
  const code = await new Promise<number | undefined>(resolve => {
    child.once('exit', (code, signal) => {
      if (signal !== null) fault ??= `ended by ${signal}`
      resolve(code ?? undefined)
    })
  })
  clearTimeout(timer)
  signal.removeEventListener('abort', onAbort)
  const left = await clearGroup(group)
  killMarked(mark)
  removeNamespaces(group)
  if (left.length > 0) fault ??= `left running: ${left.join(', ')}`
  await Promise.race([closed, sleep(GRACE_MS, undefined, { ref: false })])
  return { code, fault }
}

const signalGroup = (group: number, signal: NodeJS.Signals): void => signalProcess(-group, signal)

const signalProcess = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch {
    // Nobody is left.
  }
}

/** Waits for the group to be empty; what is still there after the grace is killed. Returns the names of those. */
const clearGroup = async (group: number): Promise<readonly string[]> => {
  if (await isEmptySoon(group)) return []
  const left = readGroup(group)
  signalGroup(group, 'SIGKILL')
  await isEmptySoon(group)
  return left
}

const killMarked = (mark: string): void => {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    if (readProc(pid, 'environ').split('\0').includes(mark)) signalProcess(Number(pid), 'SIGKILL')
  }
}

const NAMESPACES = '/run/netns'

/** Those of `makeWires` and `makeNetbootNetwork`. */
const removeNamespaces = (group: number): void => {
  const names = existsSync(NAMESPACES) ? readdirSync(NAMESPACES) : []
  for (const name of names.filter(each => each.startsWith(`fai-classes-${group}-`)))
    spawnSync('ip', ['netns', 'delete', name], { stdio: 'ignore' })
}

/** Whether the group is empty before the grace is over. */
const isEmptySoon = async (group: number): Promise<boolean> => {
  for (let waited = 0; waited < GRACE_MS; waited += 50) {
    if (readGroup(group).length === 0) return true
    await sleep(50)
  }
  return false
}

/**
 * What runs in a process group, as program and last argument. Zombies do not count: where process 1 is no init, as
 * in some containers, nobody ever reaps them.
 */
const readGroup = (group: number): readonly string[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      const [, state, processGroup] = /^\d+ \(.*\) (\S) \d+ (\d+) /s.exec(readProc(pid, 'stat')) ?? []
      if (state === undefined || state === 'Z' || Number(processGroup) !== group) return []
      const [program = '', ...args] = readProc(pid, 'cmdline').split('\0').slice(0, -1)
      return [[basename(program), ...args.slice(-1)].join(' ')]
    })

/** A file of proc(5): `stat` is "pid (comm) state ppid pgrp ...". Empty once the process is gone. */
const readProc = (pid: string, file: 'cmdline' | 'environ' | 'stat'): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
