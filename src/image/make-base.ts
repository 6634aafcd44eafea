import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDpkgStatus } from '../model/dpkg-status.ts'
import { isInImage } from './image-packages.ts'
import { type ProgramSetting, runGood } from './image-programs.ts'
import { isNetworkDriver, parseFirmware, wantedModules } from './kernel-modules.ts'
import { type ImagePlan, KERNEL_PACKAGE_DIRECTORY, rootCommand } from './plan-image.ts'
import { readTree } from './tree-entries.ts'
import { writePart } from './write-part.ts'

/** What an image has beside our program. */
export type BaseManifest = {
  readonly kernel: { readonly package: string; readonly version: string; readonly release: string }
  /** Version by `NAME:ARCHITECTURE`. */
  readonly packages: Readonly<Record<string, string>>
  readonly modules: number
  /** Files that drivers of network cards ask for and the image does not have, by module. */
  readonly missingFirmware: Readonly<Record<string, readonly string[]>>
}

/** Files of a base, in its directory. */
export const BASE = { kernel: 'vmlinuz', part: 'base.cpio.zst', manifest: 'base.json' } as const

/** Makes kernel, archive and manifest of a plan in an empty directory; what it needs meanwhile is beside them, and gone afterwards. */
export const makeBase = async (
  plan: ImagePlan,
  directory: string,
  setting: ProgramSetting,
): Promise<void> => {
  const root = join(directory, 'root')
  try {
    const env = { FAI_CLASSES_KERNEL: plan.kernel, SOURCE_DATE_EPOCH: String(plan.mtimeSeconds) }
    await runGood({ argv: rootCommand(plan, root), env }, setting)
    const kernel = await unpackKernel(root, directory, setting)
    const modules = await trimModules(root, kernel.release, setting)
    const missingFirmware = await findMissingFirmware(root, kernel.release, modules, setting)
    await finishRoot(root)
    const status = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8')
    const packages = Object.fromEntries([...parseDpkgStatus(status)].sort())
    const manifest: BaseManifest = { kernel, packages, modules: modules.length, missingFirmware }
    await writeFile(join(directory, BASE.manifest), `${JSON.stringify(manifest, undefined, 2)}\n`)
    await writePart(join(directory, BASE.part), await readTree(root, isInImage), plan)
  } finally {
    // Where a program was killed something may still be mounted there.
    await setting
      .run({ argv: ['rm', '-rf', '--one-file-system', root] }, AbortSignal.timeout(REMOVE_MS))
      .catch(() => undefined)
  }
}

const REMOVE_MS = 60_000

const unpackKernel = async (
  root: string,
  directory: string,
  setting: ProgramSetting,
): Promise<BaseManifest['kernel']> => {
  const folder = join(root, KERNEL_PACKAGE_DIRECTORY)
  const [file = ''] = await readdir(folder)
  const [name = '', version = ''] = file.split('_')
  const content = join(root, `${KERNEL_PACKAGE_DIRECTORY}/content`)
  await runGood({ argv: ['dpkg-deb', '--extract', join(folder, file), content] }, setting)
  const image = (await readdir(join(content, 'boot'))).find(each => each.startsWith('vmlinuz-'))
  if (image === undefined) throw new Error(`the package ${name} has no /boot/vmlinuz-*`)
  const release = image.replace('vmlinuz-', '')
  await copyFile(join(content, 'boot', image), join(directory, BASE.kernel))
  const places = ['lib', 'usr/lib'].map(each => join(content, each, 'modules', release))
  const modules = join(root, 'usr/lib/modules')
  await mkdir(modules, { recursive: true })
  for (const place of places)
    await rename(place, join(modules, release)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  return { package: name, version: decodeURIComponent(version), release }
}

/** Removes modules that no installer needs; gives those that are left, by their paths in `modules.dep`. */
const trimModules = async (
  root: string,
  release: string,
  setting: ProgramSetting,
): Promise<readonly string[]> => {
  const folder = join(root, 'usr/lib/modules', release)
  const depmod = { argv: ['chroot', root, 'depmod', release] }
  await runGood(depmod, setting)
  const wanted = wantedModules(await readFile(join(folder, 'modules.dep'), 'utf8'))
  for (const { path } of await readTree(join(folder, 'kernel'), undefined, 'kernel'))
    if (/\.ko(?:\.[a-z]+)?$/.test(path) && !wanted.has(path)) await rm(join(folder, path))
  await runGood(depmod, setting)
  return [...wanted].sort()
}

/** What `modinfo` says of each file after its name in a line of its own. */
const MODINFO = 'for module; do echo "@$module"; modinfo -F firmware "$module"; done'

const findMissingFirmware = async (
  root: string,
  release: string,
  modules: readonly string[],
  setting: ProgramSetting,
): Promise<BaseManifest['missingFirmware']> => {
  const files = modules.filter(isNetworkDriver).map(module => `/usr/lib/modules/${release}/${module}`)
  const argv = ['chroot', root, 'sh', '-c', MODINFO, 'sh', ...files]
  const { stdout } = await runGood({ argv }, setting)
  const present = await readTree(join(root, 'usr/lib/firmware')).catch(() => [])
  // The kernel takes a file that is packed, too.
  const names = new Set(present.map(({ path }) => path.replace(/\.(?:xz|zst)$/, '')))
  return Object.fromEntries(
    Object.entries(parseFirmware(stdout)).flatMap(([module, needed]) => {
      const missing = needed.filter(name => !names.has(name))
      return missing.length === 0 ? [] : [[module, missing]]
    }),
  )
}

/** What is different on each machine, or would be different at each making. */
const finishRoot = async (root: string): Promise<void> => {
  await rm(join(root, KERNEL_PACKAGE_DIRECTORY), { recursive: true, force: true })
  for (const name of ['etc/hostname', 'etc/resolv.conf', 'etc/machine-id', 'var/lib/dbus/machine-id'])
    await rm(join(root, name), { force: true })
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n::1 localhost\n')
  // mmdebstrap leaves the copies that dpkg and passwd make of their files.
  for (const name of await readdir(join(root, 'etc')))
    if (name.endsWith('-')) await rm(join(root, 'etc', name), { force: true })
}
