import { ExecaError, execa } from 'execa'
import { SourceError } from '../diagnostic/source-error.ts'

/** Runs a program that only reads and gives its stdout; rejects unless it exits 0, or with one of `alsoGood`. */
export type ReadCommand = (
  argv: readonly [string, ...string[]],
  signal: AbortSignal,
  alsoGood?: readonly number[],
) => Promise<string>

/** The real `ReadCommand`: no shell, stdin closed, `LC_ALL=C`, a minute at most. */
export const readCommand: ReadCommand = async ([file, ...args], signal, alsoGood = []) => {
  try {
    const { stdout } = await execa(file, args, {
      stdin: 'ignore',
      env: { LC_ALL: 'C' },
      cancelSignal: signal,
      timeout: 60_000,
    })
    return stdout
  } catch (cause) {
    if (cause instanceof ExecaError && alsoGood.includes(cause.exitCode ?? -1)) return String(cause.stdout)
    const text =
      cause instanceof Error && 'shortMessage' in cause ? String(cause.shortMessage) : String(cause)
    throw new SourceError(text, { kind: 'option', option: file }, { cause })
  }
}
