import { join } from 'node:path'
import type { LocalAction, Step, Text, Word } from '../plan/step.ts'
import { CommandError } from './apply-error.ts'
import type { PackageReport } from './install-packages.ts'
import type { Command, CommandResult, Runner } from './runner.ts'
import type { TaskLog } from './task-log.ts'
import type { UndoStack } from './undo.ts'

/** What the functions that carry out steps share during one run. */
export type ApplyContext = {
  /** What scripts of the config space find in their environment by now. */
  readonly scriptEnvironment: () => Readonly<Record<string, string>>
  /** Absolute path, symbolic links resolved, of the directory that is the root of the installed system. */
  readonly target: string
  readonly logDirectory: string
  readonly run: Runner
  /** Where programs are found. */
  readonly searchPath: string
  readonly log: TaskLog
  readonly undo: UndoStack
  /** Block devices by the names that `attach` and `mount-fstab` steps gave them. */
  readonly devices: Map<string, string>
  readonly failedScripts: FailedScript[]
  /** One for each `install-packages` that was done, for the report of the run. */
  readonly packageReports: PackageReport[]
  readonly signal: AbortSignal
}

/** A script of the config space that did not end with 0. */
export type FailedScript = { readonly name: string; readonly exitCode: number }

/** The action of one kind. */
export type ActionOf<K extends LocalAction['kind']> = Extract<LocalAction, { kind: K }>

/** Carries out an action of one kind; rejects where that fails. */
export type Handler<K extends LocalAction['kind']> = (
  action: ActionOf<K>,
  context: ApplyContext,
  step: Step,
) => Promise<void>

/** Runs a program for a step, its output in the log of the step's task; rejects unless it exits with 0. */
export const runForStep = async (
  command: Omit<Command, 'onLine'>,
  context: ApplyContext,
  step: Step,
): Promise<CommandResult> => {
  const shown = command.argv.join(' ')
  const log = (line: string): void => context.log.line(step.task, line)
  log(`$ ${shown}`)
  const result = await context.run({ ...command, onLine: log }, context.signal)
  if (result.exitCode !== 0 || result.timedOut) throw new CommandError(shown, result)
  return result
}

/** The block device that an `attach` step named. */
export const deviceOf = (name: string, { devices }: Pick<ApplyContext, 'devices'>): string => {
  const device = devices.get(name)
  if (device === undefined) throw new Error(`no step attached a device named "${name}"`)
  return device
}

type Places = Pick<ApplyContext, 'target' | 'logDirectory' | 'devices'>

/** A word with its real device or path; with `inTarget` paths of the target are seen from inside. */
export const resolveWord = (word: Word, context: Places, inTarget = false): string => {
  if (typeof word === 'string') return word
  if ('device' in word) return deviceOf(word.device, context)
  if ('log' in word) return join(context.logDirectory, word.log)
  return inTarget ? word.target : join(context.target, word.target)
}

/** A text with its real devices and paths. */
export const resolveText = (text: Text, context: Places, inTarget = false): string =>
  typeof text === 'string' ? text : text.map(word => resolveWord(word, context, inTarget)).join('')
