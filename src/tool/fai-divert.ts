import { chmod, rename, rm, writeFile } from 'node:fs/promises'
import { makeParent } from '../apply/target-path.ts'
import { isFile } from '../inspect/folder.ts'
import { parseOptions } from './getopt.ts'
import { type Tool, type World, wordsOf } from './tool.ts'

const USAGE = `Usage: fai-divert -a FILE... | -r FILE... | -R
Puts a program that does nothing in place of programs (-a), and the real ones back (-r; -R all).`

/**
 * `fai-divert`: diversions of dpkg in the name of the package `fai`, each with a stub in its place that ends with 0
 * (fai-semantics.md, section 3.6). A target without dpkg-divert is left as it is.
 */
export const faiDivert: Tool = async (args, world) => {
  const { flags, words, wrong } = parseOptions('arRhv', args)
  for (const letter of wrong) world.complain(`fai-divert: unknown option -${letter}`)
  if (args.length === 0 || flags.has('h')) {
    world.print(USAGE)
    return 0
  }
  if ((await runInTarget(['which', 'dpkg-divert'], world, true)).code !== 0) return 0
  let worst = 0
  if (flags.has('R'))
    for (const file of await diverted(world)) worst = Math.max(worst, await remove(file, world))
  if (flags.has('r')) for (const file of words) worst = Math.max(worst, await remove(file, world))
  if (flags.has('a')) for (const file of words) worst = Math.max(worst, await add(file, world))
  return worst
}

const rootOf = ({ env }: World): string => env['FAI_ROOT'] || '/'

const runInTarget = (argv: readonly [string, ...string[]], world: World, read = false) => {
  const [first, ...rest] = [...wordsOf(world.env['ROOTCMD']), ...argv]
  return world.run([first as string, ...rest], { env: world.env, cwd: world.cwd, read })
}

const divert = async (action: '--add' | '--remove', file: string, world: World): Promise<number> => {
  const quiet = world.env['debug'] ? [] : ['--quiet']
  return (await runInTarget(['dpkg-divert', ...quiet, '--package', 'fai', '--rename', action, file], world))
    .code
}

const diverted = async (world: World): Promise<readonly string[]> => {
  const { stdout } = await runInTarget(['dpkg-divert', '--list', 'fai'], world, true)
  return stdout.split('\n').flatMap(line => /^diversion of (\S+) to \S+ by fai$/.exec(line)?.[1] ?? [])
}

const add = async (file: string, world: World): Promise<number> => {
  const code = await divert('--add', file, world)
  if (code !== 0) return code
  const place = await makeParent(rootOf(world), file)
  await rm(place, { force: true })
  await writeFile(place, `#!/bin/sh\n# stands in for ${file} while the system is installed\nexit 0\n`)
  await chmod(place, 0o755)
  return 0
}

const remove = async (file: string, world: World): Promise<number> => {
  const place = await makeParent(rootOf(world), file)
  await rm(place, { force: true })
  const code = await divert('--remove', file, world)
  // The diversion may be older than the file that a package brought.
  const late = `${place}.distrib.dpkg-new`
  if (await isFile(late)) await rename(late, place)
  return code
}
