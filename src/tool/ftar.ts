import { readFile } from 'node:fs/promises'
import { resolveTargetPath } from '../apply/target-path.ts'
import { entriesIn, isDirectory, isFile } from '../inspect/folder.ts'
import { ARCHIVE_SUFFIXES } from '../model/archive.ts'
import { removeContent } from './ftar-clear.ts'
import { parseOptions } from './getopt.ts'
import { type Tool, ToolError, type World, wordsOf } from './tool.ts'

const USAGE = `Usage: ftar [OPTION]... DIRECTORY
Extracts the archives of the classes, highest first, to the same directory of the target.

  -c "A B"  classes, lowest first   -1  only the archive of the highest class
  -s DIR    where archives are      -t DIR  target
  -d        remove the plain files of the directory before
  -r        remove all that is in the directory before
  -i        it is no fault that nothing matches
  -D        say more                -h  this text`

/** `ftar`: archives of a config space into the target, by class (fai-semantics.md, section 3.2). */
export const ftar: Tool = async (args, world) => {
  const { env, print, complain } = world
  const { flags, values, words, wrong } = parseOptions('1hDdrvs:t:c:i', args)
  for (const letter of wrong) complain(`ftar: unknown option or missing value: -${letter}`)
  const [name] = words
  if (flags.has('h') || !name) {
    print(USAGE)
    return 0
  }
  const source = values.get('s') ?? `${env['FAI'] ?? ''}/files`
  const target = values.get('t') ?? env['FAI_ROOT']
  if (!source) throw new ToolError('no source directory', 1)
  if (!target) throw new ToolError('no target directory', 1)
  const folder = `${source}/${name}`
  if (!(await isDirectory(folder))) throw new ToolError(`there is no directory ${folder}`, 1)

  const archives = await findArchives(folder, await classesOf(values.get('c'), world))
  if (archives.length === 0) {
    if (!flags.has('i')) throw new ToolError(`no archive of any class in ${folder}`, 1)
    print(`ftar: No matching class found in ${folder}`)
    return 0
  }
  const place = await resolveTargetPath(target, name)
  await removeContent(place, { plainFiles: flags.has('d'), everything: flags.has('r') })
  const kinds = await attributeOptions(target)
  let worst = 0
  for (const archive of flags.has('1') ? archives.slice(0, 1) : archives) {
    print(`ftar: extracting ${archive} to ${target}/${name}`.replace(/\/+/g, '/'))
    const options = [...kinds, '--numeric-owner', '-C', place, ...(flags.has('D') ? ['-v'] : [])]
    const { code } = await world.run(['tar', ...options, '-xf', archive], { env, cwd: world.cwd })
    if (code !== 0) complain(`ftar: tar ended with exit code ${code} for ${archive}`)
    if (code !== 0) worst = 1
  }
  return worst
}

const classesOf = async (option: string | undefined, { env }: World): Promise<readonly string[]> => {
  if (option !== undefined) return wordsOf(option)
  const file = `${env['LOGDIR'] ?? ''}/FAI_CLASSES`
  if (env['classes'] && (await isFile(file))) return wordsOf(await readFile(file, 'utf8'))
  return wordsOf(env['classes'])
}

/** The archives of all classes, the highest first. */
const findArchives = async (folder: string, classes: readonly string[]): Promise<readonly string[]> => {
  const names = new Set((await entriesIn(folder)).map(entry => entry.name))
  const wanted = classes.toReversed().flatMap(name => ARCHIVE_SUFFIXES.map(suffix => `${name}.${suffix}`))
  const found: string[] = []
  for (const name of wanted)
    if (names.has(name) && (await isFile(`${folder}/${name}`))) found.push(`${folder}/${name}`)
  return found
}

/** NFS has no extended attributes. */
const attributeOptions = async (target: string): Promise<readonly string[]> => {
  const mounts = (await readFile('/proc/mounts', 'utf8').catch(() => ''))
    .split('\n')
    .map(line => line.split(' '))
  const isNfs = mounts.some(([, at, type]) => at === target && type === 'nfs')
  return isNfs ? [] : ['--xattrs', '--xattrs-include=*.*', '--selinux', '--acl']
}
