import { rm } from 'node:fs/promises'
import { resolveTargetPath } from '../apply/target-path.ts'
import { isDirectory, isFile } from '../inspect/folder.ts'
import { putAside, readLink } from './fcopy-backup.ts'
import { copyContent } from './fcopy-content.ts'
import { copyLink } from './fcopy-link.ts'
import { type FcopySettings, toPlainName } from './fcopy-settings.ts'
import type { World } from './tool.ts'

/** What the parts of one call of `fcopy` share. */
export type FcopyRun = {
  readonly settings: FcopySettings
  readonly highestFirst: readonly string[]
  readonly world: World
  /** Says what is wrong and makes the exit code 1. */
  readonly fail: (message: string) => void
  readonly failed: () => boolean
  /** A line of `fcopy.log`. */
  readonly log: (name: string, className: string, comment: string) => Promise<void>
}

/** One template and the place it is for. */
export type Job = {
  /** Path below source root and target, without a slash before it. */
  readonly name: string
  readonly folder: string
  readonly className: string
  readonly template: string
  /** As the user wrote it, for messages and scripts. */
  readonly shown: string
  /** The path itself, the links before it followed as the target reads them. */
  readonly place: string
  /** The same with the last link followed, too: what a program of the target would open. */
  readonly opened: string
}

/** Copies the template of the highest class, or removes what no class asks for. What goes wrong with it is told to `run.fail`. */
export const copyTemplate = async (given: string, run: FcopyRun): Promise<void> => {
  const { settings, world, fail, highestFirst } = run
  const name = toPlainName(given)
  const folder = `${settings.source}/${name}`.replace('//', '/')
  if (await isFile(folder)) return fail(`${folder} is a file, and should be a directory of templates`)
  if (!(await isDirectory(folder))) {
    if (!settings.ignoreMissing) fail(`there is no directory ${folder}`)
    else if (settings.debug) world.complain(`fcopy: there is no directory ${folder}`)
    return
  }
  const { target } = settings
  const place = await resolveTargetPath(target, name, 'keep')
  const opened = await resolveTargetPath(target, name)
  const className = await chooseClass(folder, highestFirst, settings.copyLinks)
  const job = { name, folder, shown: `${target}/${name}`, place, opened }
  if (className === undefined) return removeUnmatched(job, run)
  const whole = { ...job, className, template: `${folder}/${className}` }
  const link = settings.copyLinks ? await readLink(whole.template) : undefined
  await (link === undefined ? copyContent(whole, run) : copyLink(whole, link, run))
}

const chooseClass = async (
  folder: string,
  highestFirst: readonly string[],
  links: boolean,
): Promise<string | undefined> => {
  for (const name of highestFirst) {
    const path = `${folder}/${name}`
    if (name !== '' && ((await isFile(path)) || (links && (await readLink(path)) !== undefined))) return name
  }
  return undefined
}

const removeUnmatched = async (job: Omit<Job, 'className' | 'template'>, run: FcopyRun): Promise<void> => {
  const { settings, world, fail, log } = run
  const message = `no file of any class for ${job.name}`
  if (settings.ignoreMissing) world.complain(`fcopy: ${message}`)
  else fail(message)
  if (!settings.removeUnmatched || !(await isFile(job.opened))) return
  await log(job.name, 'NONE', 'removed (no matching class)')
  if (settings.dryRun) return
  if (settings.backup.kind === 'none') await rm(job.place)
  else await putAside(job.place, job.name, settings.backup)
}
