import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { replaceFile } from '../apply/replace-file.ts'
import { isFile } from '../inspect/folder.ts'
import { parseOptions } from './getopt.ts'
import { findTargetFile } from './target-file.ts'
import type { Tool } from './tool.ts'

const MISSING_WORD = 3
const TOO_MANY_WORDS = 5
const CHANGED = 9

/**
 * `fai-sed [-n] [-E] COMMAND FILE`: runs sed on a file below `$target` and writes it only where that changes something
 * (fai-semantics.md, section 3.6). `-E` makes the exit code 9 where it did, `-n` writes nothing.
 */
export const faiSed: Tool = async (args, world) => {
  const { print, complain, env } = world
  const { flags, words, wrong } = parseOptions('nE', args)
  const [command, path, ...rest] = words
  for (const letter of wrong) complain(`fai-sed: unknown option -${letter}`)
  if (!command || !path) {
    print('Please name a sed command and a file')
    return MISSING_WORD
  }
  if (rest.some(word => word !== '')) {
    print('Too many words: one file only')
    return TOO_MANY_WORDS
  }
  const { place, opened, shown } = await findTargetFile(env['target'], path, world)
  if (!(await isFile(opened))) {
    print(`WARNING: ${shown} does not exist. Skipping`)
    return 0
  }
  const says = (end: string): void => print(`sed -e ${command} ${shown}: ${end}`)
  const directory = await mkdtemp(join(tmpdir(), 'fai-sed-'))
  try {
    const copy = join(directory, 'copy')
    await copyFile(opened, copy)
    const { code } = await world.run(['sed', '-i', '-e', command, copy], { env, cwd: world.cwd })
    if (code !== 0) {
      says(`sed error ${code}`)
      return code
    }
    const content = await readFile(copy)
    if (content.equals(await readFile(opened))) {
      says(' No changes.')
      return 0
    }
    if (flags.has('n')) {
      says(' Dry-run. Changes not applied.')
      return 0
    }
    const { mode, uid, gid } = await stat(opened)
    await replaceFile(place, content, { mode: mode & 0o7777, uid, gid })
    says(' File changed.')
    return flags.has('E') ? CHANGED : 0
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
