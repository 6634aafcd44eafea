import type { RunProgram } from './program.ts'

/** Environment variables; one that is not set is absent. */
export type Environment = Readonly<Record<string, string | undefined>>

/** All that a tool knows of the world around it, so that a test can run it in its own process. */
export type World = {
  readonly env: Environment
  /** Absolute path. */
  readonly cwd: string
  /** Writes a line to stdout. */
  readonly print: (line: string) => void
  /** Writes a line to stderr. */
  readonly complain: (line: string) => void
  readonly run: RunProgram
}

/** A command that scripts call: does its work and gives its exit code. */
export type Tool = (args: readonly string[], world: World) => Promise<number>

/** Whether a variable is set as Perl counts it: neither empty nor `0`. Pure. */
export const isSet = (value: string | undefined): value is string =>
  value !== undefined && !['', '0'].includes(value)

/** The words of a variable that holds a list, as a shell splits it. Pure. */
export const wordsOf = (text: string | undefined): readonly string[] => text?.match(/\S+/g) ?? []

/** What an error says, without its stack. Pure. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** A fault that ends a tool with an exit code of its own. */
export class ToolError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}
