import type { Argv } from 'yargs'
import { parseMonitor } from '../install/monitor-address.ts'
import { type ClassName, parseClassName } from '../model/class-name.ts'
import { parseIpAddress } from '../model/ip-address.ts'
import { nearestHint } from '../model/nearest.ts'
import { TASKS, type Task } from '../plan/task.ts'
import { UsageError } from './deps.ts'
import { FRESH_OPTION } from './site-args.ts'

/** Options that every command with a target has, checked. */
export type TargetArgs = {
  readonly configSpace: string
  readonly add: readonly ClassName[]
  /** What is known of the machine; class scripts of the config space add theirs. */
  readonly facts: readonly ClassName[]
  /** Answer from the sources alone, never from a snapshot. */
  readonly fresh: boolean
  /** `FAI_FLAGS`. */
  readonly flags: readonly string[]
  /** Of FAI's tasks of the action, run no others; all where it is empty. */
  readonly only: readonly Task[]
  readonly skip: readonly Task[]
  /** No script and no hook of the config space may take longer. */
  readonly scriptSeconds: number
  readonly addresses: readonly string[]
  readonly logDirectory: string | undefined
  /** The file that gets what happens as JSON. */
  readonly eventsFile: string | undefined
  /** `HOST[:PORT]` of fai-monitor. */
  readonly monitor: string | undefined
  /** Where base systems are kept as archives for the next run. */
  readonly baseCache: string | undefined
}

/** What yargs gives for those options. */
export type RawTargetArgs = {
  config: string | undefined
  'config-space': string | undefined
  add: string[]
  fact: string[]
  fresh: boolean
  flags: string | undefined
  only: string[]
  skip: string[]
  'script-limit': number
  address: string[]
  'log-dir': string | undefined
  events: string | undefined
  monitor: string | undefined
  'base-cache': string | undefined
}

/** Adds those options to a command. */
export const withTargetOptions = <T>(yargs: Argv<T>): Argv<T & RawTargetArgs> =>
  yargs
    .option('config', { type: 'string', describe: 'configuration file' })
    .option('config-space', { type: 'string', describe: CONFIG_SPACE })
    .option('add', { type: 'string', array: true, nargs: 1, default: [], describe: 'a class to add' })
    .option('fact', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'a class of the machine',
    })
    .option('fresh', FRESH_OPTION)
    .option('flags', { type: 'string', describe: 'FAI_FLAGS, such as verbose,debug' })
    .option('only', { type: 'string', array: true, default: [], describe: 'run these tasks of the action' })
    .option('skip', { type: 'string', array: true, default: [], describe: 'run all tasks but these' })
    .option('script-limit', {
      type: 'number',
      default: 3600,
      describe: 'seconds that a script or a hook may take',
    })
    .option('address', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'an address to register',
    })
    .option('log-dir', { type: 'string', describe: 'where the logs go' })
    .option('events', { type: 'string', describe: 'a file that gets what happens, one JSON object a line' })
    .option('monitor', { type: 'string', describe: 'HOST[:PORT] of fai-monitor' })
    .option('base-cache', {
      type: 'string',
      describe: 'directory that keeps base systems for the next run',
    }) as Argv<T & RawTargetArgs>

const CONFIG_SPACE = 'FAI config space: a directory or a URI such as git+https://…; $FAI_CONFIG_SRC otherwise'

/** Checks them, with what the environment says instead; the first one that is wrong is a usage error. */
export const parseTargetArgs = (
  raw: RawTargetArgs,
  environment: Readonly<Record<string, string | undefined>>,
): TargetArgs => {
  const configSpace = raw['config-space'] ?? environment['FAI_CONFIG_SRC']
  if (configSpace === undefined || configSpace === '')
    throw new UsageError('--config-space is missing: a directory or a URI, here or in FAI_CONFIG_SRC')
  return {
    configSpace,
    add: parseClasses('--add', raw.add),
    facts: parseClasses('--fact', raw.fact),
    fresh: raw.fresh,
    flags: parseFlags(raw.flags ?? ''),
    only: parseTasks('--only', raw.only),
    skip: parseTasks('--skip', raw.skip),
    scriptSeconds: parseSeconds('--script-limit', raw['script-limit']),
    addresses: parseAddresses(raw.address),
    logDirectory: raw['log-dir'],
    eventsFile: raw.events,
    monitor: parseMonitorOption(raw.monitor),
    baseCache: raw['base-cache'],
  }
}

/** `FAI_FLAGS`: names with commas or blanks between them (fai-semantics.md, section 2.7). */
const parseFlags = (text: string): readonly string[] => {
  const flags = text.split(/[,\s]+/).filter(flag => flag !== '')
  const wrong = flags.find(flag => !/^[A-Za-z0-9_]+$/.test(flag))
  if (wrong !== undefined) throw new UsageError(`--flags "${wrong}" is no name of a flag`)
  return flags
}

const parseMonitorOption = (text: string | undefined): string | undefined => {
  if (text !== undefined && parseMonitor(text, undefined) === undefined)
    throw new UsageError(`--monitor "${text}" is no server such as fai.example.test or 192.0.2.1:4711`)
  return text
}

const parseTasks = (option: string, texts: readonly string[]): readonly Task[] =>
  texts
    .flatMap(text => text.split(','))
    .map(text => {
      const task = TASKS.find(each => each === text)
      if (task === undefined)
        throw new UsageError(`${option} "${text}" is no task${nearestHint(text, TASKS, 'task')}`)
      return task
    })

const parseSeconds = (option: string, value: number): number => {
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`${option} is a number of seconds from 1`)
  return value
}

/** Class names given on the command line; the first that is none is a usage error. */
export const parseClasses = (option: string, texts: readonly string[]): readonly ClassName[] =>
  texts.map(text => {
    const name = parseClassName(text)
    if (name === undefined) throw new UsageError(`${option} "${text}" is no class name`)
    return name
  })

/** Addresses given on the command line; the first that is none is a usage error. */
export const parseAddresses = (texts: readonly string[]): readonly string[] =>
  texts.map(text => {
    if (parseIpAddress(text) === undefined) throw new UsageError(`--address "${text}" is no IP address`)
    return text
  })

const SIZE = /^(\d+)([kKMGT]?)(?:i?B)?$/
const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  k: 2 ** 10,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
}

/** `4G` or `2048M` in bytes, in powers of 1024; anything else is a usage error. */
export const parseImageSize = (text: string): number => {
  const match = SIZE.exec(text)
  const bytes = Number(match?.[1]) * (FACTORS[match?.[2] ?? ''] ?? 0)
  if (match === null || !Number.isSafeInteger(bytes) || bytes === 0) {
    throw new UsageError(`--size "${text}" is no size such as 4G or 2048M`)
  }
  return bytes
}
