import { mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { isDirectory } from '../inspect/folder.ts'
import { type ApplyContext, type Handler, runForStep } from './context.ts'
import { runUndo } from './device.ts'
import { resolveTargetPath } from './target-path.ts'

/** Of the memory; what is written grows with the packages. */
const OPTIONS = 'noatime,mode=755,size=80%'

/** Puts a file system in memory over a directory, with what is in it; written back at the end of the run, however it ends. */
export const mountRamdisk: Handler<'mount-ramdisk'> = async ({ path }, context, step) => {
  const place = await resolveTargetPath(context.target, path)
  if (!(await isDirectory(place))) return
  const aside = `${place}.in-memory`
  const run = (...argv: readonly string[]) => runForStep({ argv }, context, step)
  await mkdir(aside)
  try {
    await run('mount', '-t', 'tmpfs', '-o', OPTIONS, 'tmpfs', aside)
    try {
      await run('cp', '--archive', `${place}/.`, aside)
      await run('mount', '--bind', '--make-private', aside, place)
    } finally {
      await runUndo(['umount', aside], context)
    }
  } finally {
    await rmdir(aside)
  }
  context.undo.push({ title: titleOf(place), undo: () => writeBack(place, context) })
}

/** Writes it back before the end of the run. */
export const unmountRamdisk: Handler<'unmount-ramdisk'> = async ({ path }, context) =>
  context.undo.undoOne(titleOf(await resolveTargetPath(context.target, path)))

const titleOf = (place: string): string => `${place} is in memory`

/** The copy is whole before the old directory goes. What fails can be done again from the beginning. */
const writeBack = async (place: string, context: ApplyContext): Promise<void> => {
  const copy = `${place}.from-memory`
  await rm(copy, { recursive: true, force: true })
  await runUndo(['cp', '--archive', place, copy], context)
  await runUndo(['umount', place], context)
  await rm(place, { recursive: true })
  await rename(copy, place)
}
