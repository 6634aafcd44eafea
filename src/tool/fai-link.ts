import { readlink, rename, rm, symlink } from 'node:fs/promises'
import { readStatus } from './fcopy-backup.ts'
import { findTargetPlace } from './target-file.ts'
import { isSet, type Tool, ToolError } from './tool.ts'

/**
 * `fai-link LINK TEXT`: a symbolic link below `$target` that holds this text (fai-semantics.md, section 3.6). Whatever file
 * or link is there is replaced at once; a directory is left alone.
 */
export const faiLink: Tool = async ([path, text, ...rest], world) => {
  if (path === undefined || !text || rest.length > 0) throw new ToolError('usage: fai-link LINK TARGET', 1)
  const { place, shown } = await findTargetPlace(world.env['target'], path, world)
  const found = await readStatus(place)
  const says = (line: string): void => (isSet(world.env['verbose']) ? world.print(line) : undefined)
  if (found?.isSymbolicLink() && (await readlink(place)) === text) {
    says(`fai-link: Nothing to do for link ${shown} -> ${text}`)
    return 0
  }
  if (found?.isDirectory()) throw new ToolError(`${shown} is a directory`, 1)
  const part = `${place}.${process.pid}.part`
  await symlink(text, part)
  await rename(part, place).catch(async error => {
    await rm(part)
    throw error
  })
  says(`'${shown}' -> '${text}'`)
  return 0
}
