import { readFile } from 'node:fs/promises'
import { arch, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { isFile } from './folder.ts'

/** What planning must know of the machine that does the work. */
export type BuildMachine = {
  /** As dpkg calls it: `amd64`, `arm64`. */
  readonly architecture: string
  readonly memoryBytes: number
  /** File systems that the running kernel can mount, by itself or with a module it has. */
  readonly hasFilesystem: (name: string) => boolean
}

/** Reads what planning must know of this machine. */
export const readBuildMachine = async (): Promise<BuildMachine> => {
  const known = parseFilesystems(await textOf('/proc/filesystems'))
  const modules = join('/lib/modules', release())
  const lists = await Promise.all(['modules.dep', 'modules.builtin'].map(name => textOf(join(modules, name))))
  const names = new Set(lists.flatMap(parseModuleNames))
  return {
    architecture: DPKG_ARCHITECTURES[arch()] ?? arch(),
    memoryBytes: totalmem(),
    hasFilesystem: name => known.has(name) || names.has(name),
  }
}

const DPKG_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', ia32: 'i386' }

/** Names in `/proc/filesystems`, one at the end of each line. Pure. */
export const parseFilesystems = (text: string): ReadonlySet<string> =>
  new Set(text.split('\n').flatMap(line => line.split('\t').at(-1)?.trim() || []))

/** Names of modules in `modules.dep` or `modules.builtin`: `kernel/fs/fat/vfat.ko.xz: …` is `vfat`. Pure. */
export const parseModuleNames = (text: string): readonly string[] =>
  text.split('\n').flatMap(line => /([^/]+)\.ko(?:\.[a-z]+)?(?::|$)/.exec(line)?.[1] ?? [])

const textOf = async (path: string): Promise<string> => ((await isFile(path)) ? readFile(path, 'utf8') : '')
