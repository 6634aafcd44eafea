import { readFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { makeRunner } from '../apply/runner.ts'
import { readerOf } from '../apply/storage/perform-step.ts'
import { parseStorage } from '../config/storage-schema.ts'
import type { Outcome } from '../diagnostic/diagnostic.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import { isDirectory, isFile, readText } from '../inspect/folder.ts'
import { readStorage } from '../inspect/storage/read-storage.ts'
import type { Storage } from '../model/storage.ts'
import { type CommandDeps, UsageError } from './deps.ts'
import { DISKS_LOG_DIRECTORY } from './log-directory.ts'

/** What yargs gives for `disks`. */
export type DisksArgs = {
  action: 'inspect' | 'plan' | 'apply'
  file: string | undefined
  disklist: string | undefined
  initial: boolean
  machine: string | undefined
  'log-dir': string | undefined
  format: 'text' | 'json' | 'svg'
  yes: boolean
}

/** What decides a plan besides the machine, from the command line and FAI's variables (setup-storage.md, section 1). */
export type DisksInput = {
  readonly path: string
  readonly text: string
  readonly disklist: readonly string[] | undefined
  readonly isInitial: boolean
  readonly ignoredGroups: readonly string[]
  readonly logDirectory: string
}

/** Reads the configuration and FAI's variables; wrong use where there is none. */
export const readDisksInput = async (args: DisksArgs, deps: CommandDeps): Promise<DisksInput> => {
  const { environment, cwd } = deps
  const path = args.file === undefined ? await fileOfClasses(deps) : args.file
  return {
    path,
    text: await readText(resolve(cwd, path)),
    disklist: disklistOf(args, deps),
    isInitial: args.initial || isTrue(environment['flag_initial']),
    ignoredGroups: ignoredGroupsOf(environment),
    logDirectory: await logDirectoryOf(args, deps),
  }
}

/** The file of the highest class that has one. */
const fileOfClasses = async ({ environment, cwd }: CommandDeps): Promise<string> => {
  const { FAI: space, classes } = environment
  if (space === undefined || classes === undefined)
    throw new UsageError('-f FILE is missing, and the variables FAI and classes do not say which')
  for (const name of wordsOf(classes, /\s+/).toReversed()) {
    const path = join(space, 'disk_config', name)
    if (await isFile(resolve(cwd, path))) return path
  }
  throw new UsageError(`no class of "${classes}" has a file in ${join(space, 'disk_config')}`)
}

const logDirectoryOf = async (args: DisksArgs, { environment, cwd }: CommandDeps): Promise<string> => {
  const given = args['log-dir']
  if (given !== undefined) return resolve(cwd, given)
  const variable = environment['LOGDIR']
  if (variable === undefined || variable === '') return DISKS_LOG_DIRECTORY
  if (!(await isDirectory(resolve(cwd, variable))))
    throw new UsageError(`LOGDIR "${variable}" is no directory`)
  return resolve(cwd, variable)
}

/** Volume groups that are left alone. */
export const ignoredGroupsOf = (environment: CommandDeps['environment']): readonly string[] =>
  wordsOf(environment['SS_IGNORE_VG'], /[\s,]+/)

/** Names below `/dev`, in the order of their numbers; undefined where nobody says. */
export const disklistOf = (
  { disklist }: Pick<DisksArgs, 'disklist'>,
  { environment }: Pick<CommandDeps, 'environment'>,
): readonly string[] | undefined => {
  const words = wordsOf(disklist ?? environment['disklist'], /\s+/)
  return words.length === 0 ? undefined : words.map(word => word.replace(/^\/dev\//, ''))
}

const wordsOf = (text: string | undefined, blank: RegExp): readonly string[] =>
  (text ?? '').split(blank).filter(word => word !== '')

/** What a shell variable says that Perl takes for true. */
export const isTrue = (text: string | undefined): boolean => text !== undefined && text !== '' && text !== '0'

/** The variables of an environment that are set. Pure. */
export const setVariables = (environment: CommandDeps['environment']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )

/** The machine that the file `described` describes, else this one, whose devices only root can read. */
export const readMachine = async (
  described: string | undefined,
  disklist: readonly string[] | undefined,
  deps: CommandDeps,
): Promise<Outcome<Storage>> => {
  if (described !== undefined) {
    const path = resolve(deps.cwd, described)
    const text = await readFile(path, 'utf8').catch(cause => {
      throw new SourceError(
        'the description of the machine cannot be read',
        { kind: 'file', path },
        { cause },
      )
    })
    return parseStorage(text, described)
  }
  return { value: await readThisMachine(disklist, deps), diagnostics: [] }
}

/** This machine, as it is now; of its disks only those of the list, where there is one. */
export const readThisMachine = async (
  diskNames: readonly string[] | undefined,
  deps: CommandDeps,
): Promise<Storage> => {
  if (!deps.isRoot)
    throw new EnvironmentError('only root can read the disks of this machine; or give --machine FILE')
  const read = readerOf({ run: makeRunner(deps.environment), limitSeconds: deps.limitSeconds })
  const { signal } = deps
  return readStorage({ diskNames, memoryBytes: totalmem(), read, signal })
}
