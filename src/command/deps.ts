import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import type { ReadCommand } from '../inspect/runner.ts'

/** A terminal that lines are drawn in. */
export type Terminal = { readonly columns: () => number; readonly write: (text: string) => void }

/** Everything a command may touch; made once, in `main.ts`. */
export type CommandDeps = {
  /** Writes a result and a line end to stdout. */
  readonly print: (text: string) => void
  /** Writes a diagnostic or progress and a line end to stderr. */
  readonly complain: (text: string) => void
  /** Stderr, where it is a terminal. */
  readonly terminal?: Terminal
  readonly setExitCode: (code: ExitCode) => void
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  /** Calls back at each SIGHUP, which would end the program otherwise. */
  readonly onHangUp: (listener: () => void) => void
  readonly cwd: string
  /** The value of `$FAI_CLASSES_CONFIG`. */
  readonly configVariable: string | undefined
  readonly isRoot: boolean
  /** The name of this machine; empty where it has none. */
  readonly hostname: string
  /** Directory of the commands that scripts of a config space call. */
  readonly toolsDirectory: string
  /** The program of Node itself. */
  readonly nodePath: string
  /** The environment, of which programs inherit a few variables. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Runs a program that only reads, such as apt's, and gives its stdout. */
  readonly readProgram: ReadCommand
  /** The resolvers that this machine is set up with, as `HOST` or `HOST:PORT`. */
  readonly resolvers: () => Promise<readonly string[]>
  readonly newUuid: () => string
  /** How long any program of `disks` may take; what is usual for it where absent. */
  readonly limitSeconds?: number
}

/** Exit codes (contract, section 4). */
export const EXIT = { done: 0, findings: 1, usage: 2, environment: 3 } as const

/** One of them. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Wrong use of the command line; ends the command with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Prints diagnostics to stderr, each once. */
export const complainAll = (
  { complain }: Pick<CommandDeps, 'complain'>,
  diagnostics: readonly Diagnostic[],
): void => {
  for (const line of new Set(diagnostics.map(formatDiagnostic))) complain(line)
}
