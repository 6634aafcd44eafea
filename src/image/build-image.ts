import { createHash, randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { replaceFile } from '../apply/replace-file.ts'
import { isDirectory } from '../inspect/folder.ts'
import type { ProgramSetting } from './image-programs.ts'
import { BASE, type BaseManifest, makeBase } from './make-base.ts'
import type { ImagePlan } from './plan-image.ts'
import { NODE_PLACE, programEntries } from './program-entries.ts'
import { squash } from './squash.ts'
import { fileEntry } from './tree-entries.ts'
import { writePart } from './write-part.ts'

/** What building needs of this machine. */
export type BuildSetting = ProgramSetting & {
  /** Where parts are kept for the next time. */
  readonly cache: string
  /** The directory of our program, with `bin` and `dist`. */
  readonly program: string
  /** Node's program. */
  readonly node: string
  /** Said before each part that must be made. */
  readonly onStep: (title: string) => void
}

/** What an image is, as `manifest.json` has it. */
export type ImageManifest = BaseManifest & {
  /** Of all files in it, seconds since 1970. */
  readonly mtimeSeconds: number
  readonly files: Readonly<Record<string, { readonly sizeBytes: number; readonly sha256: string }>>
}

/**
 * Makes `vmlinuz`, `initrd.img` and `manifest.json` in a directory, each renamed into place; the same plan and program give the
 * same octets. The initrd is three archives, one behind the other: what packages make, Node, our program; the first two
 * are taken from the cache where they are there.
 */
export const buildImage = async (
  plan: ImagePlan,
  output: string,
  setting: BuildSetting,
): Promise<ImageManifest> => {
  const { cache, program, onStep } = setting
  await mkdir(output, { recursive: true })
  await mkdir(cache, { recursive: true, mode: 0o755 })
  const entries = await programEntries(program)
  const base = await keep(`base-${plan.baseKey}`, cache, directory => {
    onStep(`making a root of ${plan.packages.length} packages and the kernel ${plan.kernel}`)
    return makeBase(plan, directory, setting)
  })
  const node = await keepNode(plan, setting)
  const ours = join(cache, `.program-${randomBytes(6).toString('hex')}`)
  try {
    await writePart(ours, entries, plan)
    const parts = await Promise.all([join(base, BASE.part), node, ours].map(path => readFile(path)))
    const files = { vmlinuz: await readFile(join(base, BASE.kernel)), 'initrd.img': Buffer.concat(parts) }
    const ofBase: BaseManifest = JSON.parse(await readFile(join(base, BASE.manifest), 'utf8'))
    const manifest = { ...ofBase, mtimeSeconds: plan.mtimeSeconds, files: describe(files) }
    const text = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`)
    for (const [name, content] of Object.entries({ ...files, 'manifest.json': text }))
      await replaceFile(join(output, name), content, { mode: 0o644, uid: 0, gid: 0 })
    return manifest
  } finally {
    await rm(ours, { force: true })
  }
}

const describe = (files: Readonly<Record<string, Buffer>>): ImageManifest['files'] =>
  Object.fromEntries(
    Object.entries(files).map(([name, content]) => [
      name,
      { sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex') },
    ]),
  )

/** Node is as large as all the rest, and changes once in months. */
const keepNode = async (plan: ImagePlan, setting: BuildSetting): Promise<string> => {
  const { node, cache, onStep } = setting
  const digest = createHash('sha256')
    .update(await readFile(node))
    .digest('hex')
    .slice(0, 16)
  const kept = await keep(
    `squashed-node-${digest}-${plan.level}-${plan.mtimeSeconds}`,
    cache,
    async directory => {
      onStep('squashing Node')
      const [root, squashed] = [join(directory, 'root'), join(directory, 'squashed')]
      const place = join(root, NODE_PLACE.directory)
      const link = join(root, NODE_PLACE.link)
      await mkdir(place, { recursive: true, mode: 0o755 })
      await mkdir(dirname(link), { recursive: true, mode: 0o755 })
      await copyFile(node, join(place, 'node'))
      await chmod(join(place, 'node'), 0o755)
      await symlink(NODE_PLACE.target, link)
      await squash(root, squashed, plan, setting)
      await writePart(join(directory, NODE_PART), [fileEntry('node.squashfs', squashed, 0o644)], plan)
      for (const path of [root, squashed]) await rm(path, { recursive: true })
    },
  )
  return join(kept, NODE_PART)
}

const NODE_PART = 'node.cpio'

/** The directory of that name in the cache; made under another name and renamed, so that it is whole or not there. */
const keep = async (
  name: string,
  cache: string,
  make: (directory: string) => Promise<void>,
): Promise<string> => {
  const kept = join(cache, name)
  if (await isDirectory(kept)) return kept
  const fresh = await mkdtemp(join(cache, `.${name}-`))
  try {
    await make(fresh)
    await rename(fresh, kept).catch(async error => {
      // Somebody else made the same meanwhile.
      if (!(await isDirectory(kept))) throw error
      await rm(fresh, { recursive: true })
    })
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    throw error
  }
  return kept
}
