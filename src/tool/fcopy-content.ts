import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { replaceFile } from '../apply/replace-file.ts'
import { makeParent } from '../apply/target-path.ts'
import { isExecutable, isFile } from '../inspect/folder.ts'
import { putAside, readLink, readStatus } from './fcopy-backup.ts'
import type { FcopyRun, Job } from './fcopy-copy.ts'
import { runPostinst, runTemplateScript, setPermissions, wantedPermissions } from './fcopy-modes.ts'
import { substitute } from './substitute.ts'

/** Copies a template that is no link, or whose link is followed. What is in place already only gets owner, mode and time. */
export const copyContent = async (job: Job, run: FcopyRun): Promise<void> => {
  const { settings, world, fail, log } = run
  const made = await makeContent(job, run)
  if (made === undefined) return
  const found = await readStatus(job.opened)
  if (found !== undefined && !found.isFile()) return fail(`${job.shown} is no regular file and is left alone`)
  const isEqual = found?.size === made.content.length && made.content.equals(await readFile(job.opened))
  await log(job.name, job.className, isEqual ? 'preserved file' : 'new file')
  const isLink = (await readLink(job.place)) !== undefined
  if (!isEqual && settings.refuseLinks && isLink) return fail(`${job.shown} is a symbolic link`)
  if (isEqual && settings.verbose) world.complain(`fcopy: ${job.name} is as it should be`)
  if (settings.dryRun) {
    if (!isEqual) world.print(`fcopy: would copy ${job.template} to ${job.shown}`)
    return
  }
  const wanted = await wantedPermissions(job.folder, job.className, run)
  const time = made.isTemplate ? (await stat(job.template)).mtime : undefined
  if (isEqual) return setPermissions(job.opened, wanted, time)

  // A link to a file is put aside itself. With no backup, or where it leads to nothing, the file it names is written.
  const aside = found !== undefined && settings.backup.kind !== 'none'
  await makeParent(settings.target, job.name)
  const written = aside ? job.place : job.opened
  await replaceFile(written, made.content, wanted, async () => {
    if (aside) await putAside(job.place, job.name, settings.backup)
  })
  await setPermissions(written, wanted, time)
  world.print(`fcopy: copied ${job.template} to ${job.shown}`)
  await runPostinst(job, run)
}

/** What is to be written; undefined where `preinst` refuses. It is no longer the template itself once anything worked on it. */
const makeContent = async (
  { folder, className, template }: Job,
  run: FcopyRun,
): Promise<{ readonly content: Buffer; readonly isTemplate: boolean } | undefined> => {
  const { settings, world, fail } = run
  const plain = await readFile(template)
  const fills = settings.substitute || (await isFile(`${folder}/_substitute`))
  const { content, unknown } = fills ? substitute(plain, world.env) : { content: plain, unknown: [] }
  for (const { name, line } of unknown) fail(`${template}:${line}: there is no variable ${name}`)
  const preinst = `${folder}/preinst`
  if (!(await isExecutable(preinst))) return { content: Buffer.from(content), isTemplate: !fills }
  if (settings.dryRun) return { content: Buffer.from(content), isTemplate: false }
  const directory = await mkdtemp(join(tmpdir(), 'fcopy-'))
  try {
    const copy = join(directory, className)
    await writeFile(copy, content, { mode: 0o600 })
    if (!(await runTemplateScript(preinst, className, copy, run))) return undefined
    return { content: await readFile(copy), isTemplate: false }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
