import type { Argv } from 'yargs'
import { type ClassName, parseClassName } from '../model/class-name.ts'
import { parseIpAddress } from '../model/ip-address.ts'
import { UsageError } from './deps.ts'

/** Options that every command with a target has, checked. */
export type TargetArgs = {
  readonly configSpace: string
  readonly add: readonly ClassName[]
  readonly addresses: readonly string[]
  readonly logDirectory: string | undefined
  /** Where base systems are kept as archives for the next run. */
  readonly baseCache: string | undefined
}

/** What yargs gives for those options. */
export type RawTargetArgs = {
  config: string | undefined
  'config-space': string | undefined
  add: string[]
  address: string[]
  'log-dir': string | undefined
  'base-cache': string | undefined
}

/** Adds those options to a command. */
export const withTargetOptions = <T>(yargs: Argv<T>): Argv<T & RawTargetArgs> =>
  yargs
    .option('config', { type: 'string', describe: 'configuration file' })
    .option('config-space', { type: 'string', describe: CONFIG_SPACE })
    .option('add', { type: 'string', array: true, nargs: 1, default: [], describe: 'a class to add' })
    .option('address', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'an address to register',
    })
    .option('log-dir', { type: 'string', describe: 'where the logs go' })
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
    addresses: parseAddresses(raw.address),
    logDirectory: raw['log-dir'],
    baseCache: raw['base-cache'],
  }
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
