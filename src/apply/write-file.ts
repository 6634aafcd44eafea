import { chmod, mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Word } from '../plan/step.ts'
import { type ApplyContext, type Handler, resolveText, resolveWord } from './context.ts'
import { replaceFile } from './replace-file.ts'
import { makeParent, resolveTargetPath } from './target-path.ts'

/** Makes a directory and those above it; one that is there gets the mode. */
export const makeDirectory: Handler<'make-directory'> = async ({ path, mode }, context) => {
  const directory =
    typeof path === 'object' && 'target' in path
      ? await resolveTargetPath(context.target, path.target)
      : resolveWord(path, context)
  await mkdir(directory, { recursive: true, mode: 0o755 })
  await chmod(directory, mode)
}

/** Writes a file of root. */
export const writeFile: Handler<'write-file'> = async ({ path, content, mode }, context) => {
  const text = resolveText(content, context, typeof path === 'object' && 'target' in path)
  await replaceFile(await placeOf(path, context), Buffer.from(text), { mode, uid: 0, gid: 0 })
}

/** Removes a file where there is one; a directory is an error. */
export const removeFile: Handler<'remove-file'> = async ({ path }, context) =>
  rm(await placeOf(path, context), { force: true })

/** Where a file is to be, its directory made. */
const placeOf = async (path: Word, context: ApplyContext): Promise<string> => {
  if (typeof path === 'object' && 'target' in path) return makeParent(context.target, path.target)
  const place = resolveWord(path, context)
  await mkdir(dirname(place), { recursive: true, mode: 0o755 })
  return place
}
