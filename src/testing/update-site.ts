import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { CommandDeps } from '../command/deps.ts'
import { type CommandRun, runInProcess } from './command-run.ts'
import { runProgram } from './run-program.ts'
import { makeArchive, type SmallPackage } from './small-archive.ts'
import { makeSmallSystem } from './small-system.ts'

/** A host that is installed, with what it is updated by; everything lies below one temporary directory. */
export type UpdateSite = {
  readonly directory: string
  /** The config space. */
  readonly space: string
  /** The installed system. */
  readonly target: string
  /** Writes files below the directory; one that begins with `#!` is executable. */
  write(files: Readonly<Record<string, string>>): Promise<void>
  /** What the archive of the system has from now on. */
  publish(packages: readonly SmallPackage[]): Promise<void>
  /** `softupdate web01`, with options. */
  words(...options: readonly string[]): readonly string[]
  remove(): Promise<void>
}

/** The zone of a host of these classes. */
export const zoneOf = (classes: string, serial = 1): string => `$TTL 300
@ IN SOA ns1.example.test. hostmaster.example.test. ${serial} 3600 900 604800 300
@ IN NS ns1.example.test.
ns1 IN A 192.0.2.1
web01 IN A 192.0.2.10
_fai.web01 IN TXT "${classes}"
`

/** Installs `web01` into `target` of a directory, by its `config.yaml` and the config space `space`; the logs are in `log`. */
export const installHere = (
  directory: string,
  deps: Pick<Partial<CommandDeps>, 'readProgram'> = {},
): Promise<CommandRun> => {
  const [target = '', config = '', space = '', logs = ''] = ['target', 'config.yaml', 'space', 'log'].map(
    name => join(directory, name),
  )
  const places = ['--config', config, '--config-space', space, '--log-dir', logs]
  return runInProcess(['dirinstall', 'web01', target, ...places], { isRoot: true, now: Date.now, ...deps })
}

/** Makes a small system, `web01`, whose classes are in `example.test.zone`. */
export const makeUpdateSite = async (
  packages: readonly SmallPackage[],
  files: Readonly<Record<string, string>>,
): Promise<UpdateSite> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-update-'))
  const [space, target] = [join(directory, 'space'), join(directory, 'target')]
  const site: UpdateSite = {
    ...{ directory, space, target },
    async write(texts) {
      for (const [name, text] of Object.entries(texts)) {
        const path = join(directory, name)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, text)
        await chmod(path, text.startsWith('#!') ? 0o755 : 0o644)
      }
    },
    publish: each => makeArchive(join(target, 'srv/archive'), each),
    words: (...options) => [
      ...['softupdate', 'web01', '--config', join(directory, 'site.yaml'), '--config-space', space],
      ...['--target', target, '--log-dir', join(directory, 'log'), ...options],
    ],
    remove: () => rm(directory, { recursive: true, force: true }),
  }
  const source = '{ kind: zonefile, zone: example.test, path: example.test.zone }'
  await site.write({ 'site.yaml': `sources:\n  - ${source}\n`, ...files })
  await makeSmallSystem(target)
  await site.publish(packages)
  return site
}

/** What a run may leave anywhere below a system: logs, and what apt and dpkg keep of how they came here. */
const HISTORY = ['var/log', 'var/cache', 'var/lib/apt/lists', 'var/lib/fai', 'srv/archive', 'srv/stop', 'run']

/** The files of a system, a line each with mode, owner and digest, without what tells only how it came to be. */
export const readSystem = async (target: string): Promise<readonly string[]> => {
  const leftOut = HISTORY.flatMap(path => ['-path', `./${path}`, '-prune', '-o'])
  const find = (...words: readonly string[]): Promise<string> =>
    runProgram('env', ['-C', target, 'find', '.', '-xdev', ...leftOut, ...words])
  const files = await find('-type', 'f', '!', '-name', '*-old', '-exec', 'sha256sum', '{}', '+')
  const names = await find('!', '-name', '*-old', '-printf', '%y %m %U:%G %p %l\\n')
  return [...files.split('\n'), ...names.split('\n')].sort()
}

/** All that can be seen of a system without reading its files: any write shows in the time of change. */
export const readTraces = async (target: string): Promise<readonly string[]> =>
  (await runProgram('find', [target, '-xdev', '-printf', '%P %y %m %U:%G %s %T@ %C@ %l\\n']))
    .split('\n')
    .sort()

/** What is mounted below a directory. */
export const readMountsBelow = async (directory: string): Promise<readonly string[]> =>
  (await runProgram('findmnt', ['--raw', '--noheadings', '--output', 'TARGET']))
    .split('\n')
    .filter(path => path.startsWith(`${directory}/`))
