import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Runner } from '../apply/runner.ts'
import { isFile } from '../inspect/folder.ts'
import { TIMED_OUT } from '../model/exit-code.ts'

/**
 * The variables of what is one shell in FAI: hooks and `.var` files change them, every later program finds them in its
 * environment. Functions of bash are among them, under the names that bash gives exported functions.
 */
export type Shell = {
  readonly variables: ReadonlyMap<string, string>
  set(variables: Readonly<Record<string, string>>): void
  unset(name: string): void
  /** What a program gets in its environment. */
  environment(): Record<string, string>
  /** Has bash read a file as its own commands, and takes over what became of the variables. */
  source(path: string, options: SourceOptions): Promise<Sourced>
  /** Another shell with the same variables. */
  copy(): Shell
}

/** How a file is read by bash. */
export type SourceOptions = {
  readonly cwd: string
  readonly signal: AbortSignal
  readonly timeoutSeconds: number
  readonly onLine: (line: string) => void
}

/** How reading a file ended. */
export type Sourced = {
  readonly exitCode: number
  /** It ended the shell by `exit`: in FAI nothing would have come after it. Variables are kept as they were then. */
  readonly hasExited: boolean
}

/** What bash sets for itself, and says nothing about the installation. */
const OWN = new Set(['_', 'PWD', 'OLDPWD', 'SHLVL'])

/** `$1` the file, `$2` where the variables go; `set -a` exports whatever the file sets, functions too. */
const PROGRAM = `
_fai_file=$1 _fai_kept=$2
shift 2
trap '/usr/bin/env -0 >"$_fai_kept"' EXIT
set -a
. "$_fai_file"
set -- $?
: >"$_fai_kept.end"
exit "$1"
`

/** A shell with these variables. Programs are started by `run`. */
export const openShell = (run: Runner, initial: Readonly<Record<string, string>>): Shell => {
  const variables = new Map(Object.entries(initial))
  return {
    variables,
    set: added => {
      for (const [name, value] of Object.entries(added)) variables.set(name, value)
    },
    unset: name => void variables.delete(name),
    environment: () => Object.fromEntries(variables),
    copy: () => openShell(run, Object.fromEntries(variables)),
    async source(path, { cwd, signal, timeoutSeconds, onLine }) {
      const scratch = await mkdtemp(join(tmpdir(), 'fai-classes-shell-'))
      try {
        const kept = join(scratch, 'variables')
        const argv = ['bash', '--noprofile', '--norc', '-c', PROGRAM, 'fai', path, kept]
        const env = Object.fromEntries(variables)
        const result = await run({ argv, cwd, env, timeoutSeconds, onLine }, signal)
        takeOver(variables, await readFile(kept, 'utf8').catch(() => undefined))
        return {
          exitCode: result.timedOut ? TIMED_OUT : result.exitCode,
          hasExited: !(await isFile(`${kept}.end`)),
        }
      } finally {
        await rm(scratch, { recursive: true, force: true })
      }
    },
  }
}

/** `NAME=value` with a NUL behind each; a variable that is missing was unset. Nothing changes where bash left no text. */
const takeOver = (variables: Map<string, string>, text: string | undefined): void => {
  if (text === undefined) return
  variables.clear()
  for (const row of text.split('\0')) {
    const border = row.indexOf('=')
    const name = row.slice(0, border)
    if (border > 0 && !OWN.has(name)) variables.set(name, row.slice(border + 1))
  }
}
