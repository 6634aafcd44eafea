import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'

/** One program with all that it gets; there is no shell anywhere. */
export type Command = {
  readonly argv: readonly string[]
  /** Stdin is empty where absent. */
  readonly stdin?: string
  /** Beside `PATH`, `LC_ALL=C` and the few variables of `programEnvironment`. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly timeoutSeconds?: number
  /** Gets each line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void
}

/** How a program ended. */
export type CommandResult = {
  /** 128 plus the number for a program that a signal ended, as a shell has it. */
  readonly exitCode: number
  readonly timedOut: boolean
  readonly stdout: string
  /** The first and the last lines of stdout and stderr, `...` between them where there were more. */
  readonly tail: readonly string[]
}

/** Runs one program to its end; rejects only where it cannot be started or the signal says to stop. */
export type Runner = (command: Command, signal: AbortSignal) => Promise<CommandResult>

/** A program that cannot be started: it is missing, or may not be executed. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly code: string

  constructor(program: string, code: string, cause: unknown) {
    super(`program "${program}" could not be started (${code})`, { cause })
    this.code = code
  }
}

/** A reason may come before a page on how the program is to be used, or behind all that it did. */
const HEAD_LINES = 4
const LAST_LINES = 8
const DEFAULT_TIMEOUT_SECONDS = 3600
/** Between asking a group of processes to end and killing it. */
const GRACE_MS = 5000
/** How long output is read after a program has ended: a daemon that it left behind may hold the pipe for ever. */
const PIPE_GRACE_MS = 2000
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
  SIGXFSZ: 25,
}

const KEPT = /^(HOME|USER|LOGNAME|TERM|TMPDIR|(http|https|ftp|all|no)_proxy|(HTTP|HTTPS|FTP|ALL|NO)_PROXY)$/

/** Where programs are looked for: the caller's `PATH`, and the system directories that `su` leaves out. */
export const searchPath = (environment: Readonly<Record<string, string | undefined>>): string =>
  [...new Set([...(environment['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin', '/sbin', '/bin'])]
    .filter(directory => directory !== '')
    .join(':')

/** What programs inherit of the caller's environment: no more than they need, for the rest may hold secrets. */
export const programEnvironment = (
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> => {
  const kept = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && KEPT.test(name) ? [[name, value] as const] : [],
  )
  return { ...Object.fromEntries(kept), PATH: searchPath(environment), LC_ALL: 'C' }
}

/** The real runner: the one place in this room where a program is started. */
export const makeRunner =
  (environment: Readonly<Record<string, string | undefined>>): Runner =>
  async (command, signal) => {
    signal.throwIfAborted()
    const program = command.argv[0] ?? ''
    const child = start(command, { ...programEnvironment(environment), ...command.env })
    const watch = watchGroup(child.pid, (command.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000, signal)
    const output = collectOutput(child, command.onLine, watch.end)
    try {
      const exitCode = await endOf(child, program)
      await Promise.race([output.finished, delay(PIPE_GRACE_MS, undefined, { ref: false })])
      signal.throwIfAborted()
      output.throwFault()
      return { exitCode, timedOut: watch.timedOut(), stdout: output.stdout(), tail: output.tail() }
    } finally {
      watch.stop()
      child.stdout?.destroy()
      child.stderr?.destroy()
    }
  }

const start = ({ argv, stdin, cwd }: Command, env: Record<string, string>) => {
  const [program = '', ...args] = argv
  return execa(program, args, {
    ...(stdin === undefined ? ({ stdin: 'ignore' } as const) : { input: stdin }),
    ...(cwd === undefined ? {} : { cwd }),
    env,
    extendEnv: false,
    // Its own process group, so that what it started ends with it.
    detached: true,
    buffer: false,
    reject: false,
  })
}

type Child = ReturnType<typeof start>

/** Waits for the program itself, not for those that it left behind. */
const endOf = async (child: Child, program: string): Promise<number> => {
  const exited = new Promise<number>(resolve => {
    child.nodeChildProcess.once('exit', (code, name) =>
      resolve(code ?? 128 + (SIGNAL_NUMBERS[name ?? ''] ?? 15)),
    )
  })
  const notStarted = child.then(async result => {
    if (child.pid !== undefined) return exited
    throw new StartError(program, result.code ?? 'unknown', result.cause)
  })
  return Promise.race([exited, notStarted])
}

/** A reader that fails, such as a log on a full disk, ends the program by `onFault`; `throwFault` then says why. */
const collectOutput = (child: Child, onLine: Command['onLine'], onFault: () => void) => {
  const stdout: string[] = []
  const head: string[] = []
  const last: string[] = []
  let gap: readonly string[] = []
  let fault: { readonly error: unknown } | undefined
  const keep = (line: string): void => {
    if (head.length < HEAD_LINES) head.push(line)
    else if (last.push(line) > LAST_LINES) {
      last.shift()
      gap = ['...']
    }
    if (fault !== undefined) return
    try {
      onLine?.(line)
    } catch (error) {
      // Thrown from here it would end the whole process, with everything still mounted.
      fault = { error }
      onFault()
    }
  }
  const throwFault = (): void => {
    if (fault !== undefined) throw fault.error
  }
  const fromStdout = readLines(child.stdout, line => {
    stdout.push(line)
    keep(line)
  })
  const finished = Promise.all([fromStdout, readLines(child.stderr, keep)])
  const tail = (): readonly string[] => [...head, ...gap, ...last]
  return { finished, tail, throwFault, stdout: () => stdout.map(line => `${line}\n`).join('') }
}

const readLines = (stream: Readable | null | undefined, onLine: (line: string) => void): Promise<void> =>
  new Promise(resolve => {
    if (stream === null || stream === undefined) return resolve()
    stream.on('error', () => resolve())
    const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
    lines.on('line', onLine)
    lines.on('close', () => resolve())
  })

/** Ends the whole process group at the time limit and when the signal says so. */
const watchGroup = (pid: number | undefined, timeoutMs: number, signal: AbortSignal) => {
  let late = false
  let killer: NodeJS.Timeout | undefined
  const end = (): void => {
    signalGroup(pid, 'SIGTERM')
    killer ??= setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS)
  }
  const limit = setTimeout(() => {
    late = true
    end()
  }, timeoutMs)
  signal.addEventListener('abort', end)
  return {
    end,
    timedOut: () => late,
    stop: () => {
      clearTimeout(limit)
      signal.removeEventListener('abort', end)
      // The program has ended; what is left of its group was told to, and gets no second chance.
      if (killer !== undefined) signalGroup(pid, 'SIGKILL')
      clearTimeout(killer)
    },
  }
}

const signalGroup = (pid: number | undefined, name: NodeJS.Signals): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, name)
  } catch {
    // The group has ended by itself.
  }
}
