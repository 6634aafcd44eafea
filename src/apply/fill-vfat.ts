import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { deviceOf, type Handler, runForStep } from './context.ts'
import { resolveTargetPath } from './target-path.ts'

/** mtools refuses tables whose sizes are no multiple of a track; no disk has had tracks for long. */
const MTOOLS = { MTOOLS_SKIP_CHECK: '1' }

/**
 * Copies a directory of the target into a vfat that the kernel cannot mount, reads it back, and rejects where a byte
 * differs. Then the directory is emptied, for the installed system mounts the vfat over it.
 */
export const fillVfat: Handler<'fill-vfat'> = async ({ device: name, from }, context, step) => {
  const source = await resolveTargetPath(context.target, from)
  const entries = await readdir(source)
  if (entries.length === 0) return
  const device = deviceOf(name, context)
  const files = entries.map(entry => join(source, entry))
  await runForStep(
    { argv: ['mcopy', '-s', '-o', '-m', '-i', device, ...files, '::'], env: MTOOLS },
    context,
    step,
  )

  const copy = await mkdtemp(join(context.logDirectory, '.vfat-'))
  try {
    const names = entries.map(entry => `::/${entry}`)
    await runForStep(
      { argv: ['mcopy', '-s', '-n', '-i', device, ...names, copy], env: MTOOLS },
      context,
      step,
    )
    const difference = await treeDifference(source, copy)
    if (difference !== undefined) throw new Error(`${difference} was not copied as it is in ${from}`)
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
  await Promise.all(files.map(file => rm(file, { recursive: true })))
}

/** The first path whose content is not the same in both trees; undefined where all are. Names and bytes count. */
const treeDifference = async (left: string, right: string, path = ''): Promise<string | undefined> => {
  const [wanted, found] = await Promise.all(
    [left, right].map(root => stat(join(root, path)).catch(() => undefined)),
  )
  if (wanted === undefined || found === undefined || wanted.isDirectory() !== found.isDirectory()) return path
  if (!wanted.isDirectory()) {
    const [one, other] = await Promise.all([readFile(join(left, path)), readFile(join(right, path))])
    return one.equals(other) ? undefined : path
  }
  const [names, others] = await Promise.all([readdir(join(left, path)), readdir(join(right, path))])
  if (names.length !== others.length) return path
  for (const name of names) {
    const difference = await treeDifference(left, right, join(path, name))
    if (difference !== undefined) return difference
  }
  return undefined
}
