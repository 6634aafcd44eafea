import type { SpawnOptions } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { notStartedCode } from '../model/exit-code.ts'
import type { Environment } from './tool.ts'

/** How a program is started. */
export type ProgramOptions = {
  readonly cwd?: string
  readonly env: Environment
  /** What it reads on stdin; nothing where absent. */
  readonly input?: string | Uint8Array
  /** Gives stdout to the caller, who gets an empty text otherwise. */
  readonly read?: boolean
  /** A file to which stdout and stderr are appended. */
  readonly log?: string
}

/** Runs a program to its end. The exit code is the shell's: 126 and 127 where it cannot be started, 128 and more after a signal. */
export type RunProgram = (
  argv: readonly [string, ...string[]],
  options: ProgramOptions,
) => Promise<{ readonly code: number; readonly stdout: string }>

const SIGNALLED = 128

/**
 * The real `RunProgram`. What the program prints goes where ours does or, with `show`, to that function. A file that is
 * executable and says no interpreter is run by bash, as bash itself does.
 */
export const programRunner =
  (show?: (text: string) => void): RunProgram =>
  async (argv, options) => {
    // Loaded at the first program: that takes longer than the work of a tool that starts none.
    const { spawn } = await import('node:child_process')
    const log = options.log === undefined ? undefined : openSync(options.log, 'a')
    const visible = log ?? (show === undefined ? 'inherit' : 'pipe')
    const settings: SpawnOptions = {
      cwd: options.cwd,
      env: options.env,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', options.read ? 'pipe' : visible, visible],
    }
    const start = ([file, ...args]: readonly [string, ...string[]]) =>
      new Promise<{ code: number; stdout: string }>((resolve, reject) => {
        const child = spawn(file, args, settings)
        const read: Buffer[] = []
        child.stdout?.on('data', (bytes: Buffer) =>
          options.read ? read.push(bytes) : show?.(bytes.toString()),
        )
        child.stderr?.on('data', (bytes: Buffer) => show?.(bytes.toString()))
        // A program may end before it has read everything.
        child.stdin?.on('error', () => undefined)
        child.stdin?.end(options.input)
        child.on('error', reject)
        child.on('close', (code, signal) =>
          resolve({ code: code ?? signalCode(signal), stdout: Buffer.concat(read).toString() }),
        )
      })
    try {
      return await start(argv).catch(error => {
        if (error.code === 'ENOEXEC') return start(['/bin/bash', ...argv])
        return { code: notStartedCode(error.code), stdout: '' }
      })
    } finally {
      if (log !== undefined) closeSync(log)
    }
  }

const NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
}

const signalCode = (signal: string | null): number => SIGNALLED + (NUMBERS[signal ?? ''] ?? 0)
