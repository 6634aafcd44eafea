import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { isDirectory } from '../inspect/folder.ts'
import { type ProgramSetting, runGood } from './image-programs.ts'
import { isEarlyModule, isNetworkDriver, moduleName, parseFirmware, wantedModules } from './kernel-modules.ts'
import { KERNEL_PACKAGE_DIRECTORY } from './plan-image.ts'
import { MODE, readTree, type TreeEntry } from './tree-entries.ts'

/** The kernel of an image. */
export type ImageKernel = {
  readonly package: string
  readonly version: string
  /** As `uname -r` prints it. */
  readonly release: string
}

/** Unpacks the kernel's package: the kernel to `path`, its modules into the root. */
export const unpackKernel = async (
  root: string,
  path: string,
  setting: ProgramSetting,
): Promise<ImageKernel> => {
  const folder = join(root, KERNEL_PACKAGE_DIRECTORY)
  const [file = ''] = await readdir(folder)
  const [name = '', version = ''] = file.split('_')
  const content = join(folder, 'content')
  await runGood({ argv: ['dpkg-deb', '--extract', join(folder, file), content] }, setting)
  const image = (await readdir(join(content, 'boot'))).find(each => each.startsWith('vmlinuz-'))
  if (image === undefined) throw new Error(`the package ${name} has no /boot/vmlinuz-*`)
  const release = image.replace('vmlinuz-', '')
  await copyFile(join(content, 'boot', image), path)
  const modules = join(root, 'usr/lib/modules')
  await mkdir(modules, { recursive: true })
  for (const each of ['lib', 'usr/lib']) {
    const place = join(content, each, 'modules', release)
    if (await isDirectory(place)) await rename(place, join(modules, release))
  }
  await rm(folder, { recursive: true })
  return { package: name, version: decodeURIComponent(version), release }
}

/** Removes modules that no installer needs; gives those that are left, by their paths in `modules.dep`. */
export const trimModules = async (
  root: string,
  release: string,
  setting: ProgramSetting,
): Promise<readonly string[]> => {
  const folder = moduleFolder(root, release)
  const depmod = { argv: ['chroot', root, 'depmod', release] }
  await runGood(depmod, setting)
  const wanted = wantedModules(await readFile(join(folder, 'modules.dep'), 'utf8'))
  for (const { path } of await readTree(join(folder, 'kernel'), 'kernel'))
    if (/\.ko(?:\.[a-z]+)?$/.test(path) && !wanted.has(path)) await rm(join(folder, path))
  await runGood(depmod, setting)
  return [...wanted].sort()
}

/** What `modinfo` says of each file after its name in a line of its own. */
const MODINFO = 'for module; do echo "@$module"; modinfo -F firmware "$module"; done'

/** Files that drivers of network cards ask for and the root does not have, by module. */
export const findMissingFirmware = async (
  root: string,
  release: string,
  modules: readonly string[],
  setting: ProgramSetting,
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const files = modules.filter(isNetworkDriver).map(module => join(moduleFolder('/', release), module))
  const argv = ['chroot', root, 'sh', '-c', MODINFO, 'sh', ...files]
  const { stdout } = await runGood({ argv }, setting)
  const firmware = join(root, 'usr/lib/firmware')
  const present = (await isDirectory(firmware)) ? await readTree(firmware) : []
  // The kernel takes a file that is packed, too.
  const names = new Set(present.map(({ path }) => path.replace(/\.(?:xz|zst)$/, '')))
  return Object.fromEntries(
    Object.entries(parseFirmware(stdout)).flatMap(([module, needed]) => {
      const missing = needed.filter(name => !names.has(name))
      return missing.length === 0 ? [] : [[module, missing]]
    }),
  )
}

/** Modules that must be there before the root is, as `modules/NAME.ko`, unpacked; those that are built in are not among them. */
export const earlyModules = async (
  root: string,
  release: string,
  modules: readonly string[],
  setting: ProgramSetting,
): Promise<readonly TreeEntry[]> =>
  Promise.all(
    modules.filter(isEarlyModule).map(async module => ({
      path: `modules/${moduleName(module)}.ko`,
      mode: MODE.file | 0o644,
      content: await unpackModule(join(moduleFolder(root, release), module), setting),
    })),
  )

const unpackModule = async (path: string, setting: ProgramSetting): Promise<Buffer> => {
  if (path.endsWith('.zst')) return zstdDecompressSync(await readFile(path))
  if (!path.endsWith('.xz')) return readFile(path)
  const copy = path.replace(/\.xz$/, '')
  await runGood({ argv: ['xz', '--decompress', '--keep', path] }, setting)
  const content = await readFile(copy)
  await rm(copy)
  return content
}

const moduleFolder = (root: string, release: string): string => join(root, 'usr/lib/modules', release)
