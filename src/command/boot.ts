import { resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import { messageOf } from '../apply/apply-error.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { WISHES, type Wish } from '../server/boot/state.ts'
import type { Listed } from '../server/boot/store.ts'
import {
  applyWish,
  type BootSetting,
  findBootHost,
  formatListed,
  listedObject,
  openBootSetting,
  orEnvironment,
} from './boot-hosts.ts'
import { type ImportedFile, readPxelinuxDirectory } from './boot-import.ts'
import { type CommandDeps, EXIT, type ExitCode, UsageError } from './deps.ts'

type BootArgs = {
  host: string | undefined
  wish: Wish | undefined
  config: string | undefined
  list: boolean
  import: string | undefined
  yes: boolean
  format: 'text' | 'json'
}

/** `boot HOST [install|local|rescue]`, `boot --list`, `boot --import DIR`: what hosts do when they boot from the network. */
export const bootCommand = (deps: CommandDeps): CommandModule<object, BootArgs> => ({
  command: 'boot [host] [wish]',
  describe: 'say what a host does at its next boot from the network, or show it',
  builder: yargs =>
    yargs
      .positional('host', { type: 'string', describe: 'short or full name, MAC, IP or UUID' })
      .positional('wish', { choices: WISHES, describe: 'what it does; shown where it is left out' })
      .option('config', { type: 'string', describe: 'configuration file' })
      .option('list', {
        type: 'boolean',
        default: false,
        describe: 'show every host of which something was ever said',
      })
      .option('import', { type: 'string', describe: "directory pxelinux.cfg of FAI's fai-chboot" })
      .option('yes', { type: 'boolean', default: false, describe: 'with --import: do it' })
      .option('format', { choices: ['text', 'json'] as const, default: 'text' as const }),
  handler: async args => {
    const { host, wish, list, import: directory } = args
    if ([host !== undefined, list, directory !== undefined].filter(Boolean).length !== 1)
      throw new UsageError('boot needs a host, --list, or --import DIR')
    if (args.yes && directory === undefined) throw new UsageError('--yes goes with --import')
    const setting = await openBootSetting(args.config, deps)
    if (setting === undefined) return deps.setExitCode(EXIT.findings)
    if (list) return show(await orEnvironment(setting.store.list()), args, deps)
    if (directory !== undefined)
      return deps.setExitCode(await importDirectory(resolve(deps.cwd, directory), args.yes, setting, deps))
    const found = await findBootHost(host ?? '', wish, setting, deps)
    if (found.kind === 'none') return deps.setExitCode(found.exitCode)
    const { name } = found
    const record =
      wish === undefined
        ? await orEnvironment(setting.store.read(name))
        : await setWish(name, wish, setting, deps)
    show([{ host: name, record }], args, deps)
  },
})

const show = (
  listed: readonly Listed[],
  { format }: Pick<BootArgs, 'format'>,
  { print, setExitCode }: CommandDeps,
): void => {
  if (format === 'json') print(JSON.stringify({ hosts: listed.map(listedObject) }, undefined, 2))
  else for (const each of listed) print(formatListed(each))
  setExitCode(listed.some(each => 'error' in each) ? EXIT.environment : EXIT.done)
}

const setWish = async (host: string, wish: Wish, setting: BootSetting, deps: CommandDeps) => {
  const { before, after } = await applyWish(host, wish, setting, deps)
  if (before.state === 'installing')
    deps.complain(`${host} was being installed: whatever that installation reports from now on is refused`)
  return after
}

/** Prints what the files amount to, and does it with `isDone`. A file whose host is not known does not keep the others from it. */
const importDirectory = async (
  directory: string,
  isDone: boolean,
  setting: BootSetting,
  deps: CommandDeps,
): Promise<ExitCode> => {
  const files = await readPxelinuxDirectory(directory).catch(error => {
    throw new EnvironmentError(`--import ${directory}: ${messageOf(error)}`)
  })
  let exitCode: ExitCode = EXIT.done
  const hosts = new Map<string, string>()
  for (const file of files.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    if (file.kind === 'left-aside') {
      deps.complain(`${file.file}: left aside: ${file.why}`)
      continue
    }
    const found = await findBootHost(file.host, file.wish, setting, deps)
    const other = found.kind === 'host' ? hosts.get(found.name) : undefined
    if (found.kind === 'none') {
      exitCode = found.exitCode
      deps.complain(`${file.file}: left aside: ${file.host} is not known, or has no class list`)
    } else if (other !== undefined) {
      deps.complain(`${file.file}: left aside: PXELINUX finds ${other} first`)
    } else {
      hosts.set(found.name, file.file)
      await importOne(found.name, file, isDone, setting, deps)
    }
  }
  if (!isDone) deps.complain('nothing was changed; --yes does it')
  return exitCode
}

/** As PXELINUX looks for them. */
const rankOf = (file: ImportedFile): number =>
  file.kind === 'machine' ? file.rank : Number.POSITIVE_INFINITY

const importOne = async (
  host: string,
  { file, wish, leftOut }: Extract<ImportedFile, { kind: 'machine' }>,
  isDone: boolean,
  setting: BootSetting,
  deps: CommandDeps,
): Promise<void> => {
  if (leftOut.length > 0) deps.complain(`${file}: not taken over: ${leftOut.join(' ')}; see serve.boot`)
  if (isDone) await setWish(host, wish, setting, deps)
  deps.print(`${host}  ${wish}  (${file})`)
}
