import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDpkgStatus } from '../model/dpkg-status.ts'
import { isInImage } from './image-packages.ts'
import { type ProgramSetting, runGood } from './image-programs.ts'
import {
  earlyModules,
  findMissingFirmware,
  type ImageKernel,
  trimModules,
  unpackKernel,
} from './kernel-package.ts'
import { type ImagePlan, rootCommand } from './plan-image.ts'
import { squash } from './squash.ts'
import { directoryEntry, fileEntry, readTree } from './tree-entries.ts'
import { writePart } from './write-part.ts'

/** What an image has beside our program. */
export type BaseManifest = {
  readonly kernel: ImageKernel
  /** Version by `NAME:ARCHITECTURE`. */
  readonly packages: Readonly<Record<string, string>>
  readonly modules: number
  /** Files that drivers of network cards ask for and the image does not have, by module. */
  readonly missingFirmware: Readonly<Record<string, readonly string[]>>
}

/** Files of a base, in its directory. */
export const BASE = { kernel: 'vmlinuz', part: 'base.cpio', manifest: 'base.json' } as const

/** Makes kernel, archive and manifest of a plan in an empty directory. */
export const makeBase = async (
  plan: ImagePlan,
  directory: string,
  setting: ProgramSetting,
): Promise<void> => {
  const [root, busybox, squashed] = ['root', 'busybox', 'squashed'].map(name => join(directory, name)) as [
    string,
    string,
    string,
  ]
  try {
    const env = { FAI_CLASSES_KERNEL: plan.kernel, SOURCE_DATE_EPOCH: String(plan.mtimeSeconds) }
    await runGood({ argv: rootCommand(plan, root), env }, setting)
    const kernel = await unpackKernel(root, join(directory, BASE.kernel), setting)
    const modules = await trimModules(root, kernel.release, setting)
    const missingFirmware = await findMissingFirmware(root, kernel.release, modules, setting)
    const early = await earlyModules(root, kernel.release, modules, setting)
    const status = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8')
    const packages = Object.fromEntries([...parseDpkgStatus(status)].sort())
    await copyFile(join(root, 'bin/busybox'), busybox)
    await finishRoot(root)
    await squash(root, squashed, plan, setting)
    const entries = [
      ...[fileEntry('base.squashfs', squashed, 0o644), directoryEntry('bin')],
      ...[fileEntry('bin/busybox', busybox, 0o755), directoryEntry('modules'), ...early],
    ]
    await writePart(join(directory, BASE.part), entries, { mtimeSeconds: plan.mtimeSeconds })
    const manifest: BaseManifest = { kernel, packages, modules: modules.length, missingFirmware }
    await writeFile(join(directory, BASE.manifest), `${JSON.stringify(manifest, undefined, 2)}\n`)
  } finally {
    // Where a program was killed something may still be mounted there.
    const argv = ['rm', '-rf', '--one-file-system', root, busybox, squashed]
    await setting.run({ argv }, AbortSignal.timeout(REMOVE_MS)).catch(() => undefined)
  }
}

const REMOVE_MS = 60_000

/** Removes what no installer needs, and what is different on each machine or at each making. */
const finishRoot = async (root: string): Promise<void> => {
  for (const { path } of await readTree(root))
    if (!isInImage(path)) await rm(join(root, path), { recursive: true, force: true })
  for (const name of ['etc/hostname', 'etc/resolv.conf', 'etc/machine-id', 'var/lib/dbus/machine-id'])
    await rm(join(root, name), { force: true })
  await writeFile(join(root, 'etc/hosts'), '127.0.0.1 localhost\n::1 localhost\n')
  await emptyPackageLists(join(root, 'var/lib/apt/lists'))
  // Copies that dpkg and passwd make of their files.
  for (const name of await readdir(join(root, 'etc')))
    if (name.endsWith('-')) await rm(join(root, 'etc', name), { force: true })
}

/** A list that is there lets apt say which archive it is of, which `install` asks; whoever needs what is in it fetches it anew. */
const emptyPackageLists = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const [, list] = /^(.*_Packages)(?:\.\w+)?$/.exec(name) ?? []
    if (list === undefined) continue
    await rm(join(folder, name))
    await writeFile(join(folder, list), '')
  }
}
