import { join } from 'node:path'
import { isFile } from '../inspect/folder.ts'
import type { ClassName } from '../model/class-name.ts'
import { planVariablesFile } from '../plan/log-files.ts'
import type { LocalStep } from '../plan/step.ts'
import { runClassScripts } from './class-scripts.ts'
import { readClassVariables } from './class-variables.ts'
import { type FaiRun, StopRun } from './run.ts'
import { readIntoShell } from './run-file.ts'
import { placeSteps, runSteps, runTask } from './run-task.ts'

/**
 * The class list of the host, with these facts from class scripts and these classes added; undefined where anything is
 * wrong, which is told by whoever answers.
 */
export type ResolveClasses = (
  facts: readonly ClassName[],
  added: readonly string[],
) => Promise<RunClasses | undefined>

/** A class list with what belongs to it. */
export type RunClasses = {
  readonly classes: readonly string[]
  /** What the sources set. */
  readonly variables: Readonly<Record<string, string>>
  /** Steps of task `defclass`: what the log directory keeps of the list. */
  readonly steps: readonly LocalStep[]
}

/**
 * What comes before every action in FAI: class list and variables, of which the run knows afterwards. Changes nothing but the
 * log directory, as far as the files of the config space keep to that.
 */
export const runPrologue = (run: FaiRun, resolve: ResolveClasses): Promise<void> =>
  prologue(run, resolve, runTask)

/** The same without hooks, which may do anything, and without a word to the monitor: for who only wants to know. */
export const foreseePrologue = (run: FaiRun, resolve: ResolveClasses): Promise<void> =>
  prologue(run, resolve, (_task, _run, body) => body())

const prologue = async (run: FaiRun, resolve: ResolveClasses, around: typeof runTask): Promise<void> => {
  const { shell } = run
  run.classes = ['DEFAULT', 'LINUX', shell.variables.get('HOSTNAME') ?? '', 'LAST']
  shell.set({ classes: run.classes.join(' ') })
  await around('confdir', run, async () => undefined)
  await around('setup', run, () => readSubroutines(run))
  let fromSources: Readonly<Record<string, string>> = {}
  await around('defclass', run, async () => {
    const facts = await runClassScripts(run)
    const added = (shell.variables.get('ADDCLASSES') ?? '').split(/[,\s]+/).filter(name => name !== '')
    const resolved = await resolve(facts, added)
    if (resolved === undefined) throw new StopRun('there is no class list')
    fromSources = resolved.variables
    run.classes = resolved.classes
    shell.set({ classes: run.classes.join('\n'), cfclasses: run.classes.join('.') })
    await runSteps('defclass', placeSteps(resolved.steps), run)
  })
  await around('defvar', run, async () => {
    await readClassVariables(run, fromSources)
    await runSteps('defvar', placeSteps([planVariablesFile(namedVariables(shell.variables))]), run)
  })
}

/** A config space may bring shell functions of its own. */
const readSubroutines = async (run: FaiRun): Promise<void> => {
  const path = join(run.configSpace, 'hooks/subroutines')
  if (await isFile(path)) await readIntoShell({ path, task: 'setup', cwd: run.configSpace }, run)
}

/** What a shell can read back: functions have other names, and those of one letter are nobody's (FAI leaves them out). */
const namedVariables = (variables: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries([...variables].filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]+$/.test(name)).sort(byName))

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1)
