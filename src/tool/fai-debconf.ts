import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { resolveTargetPath } from '../apply/target-path.ts'
import { isDirectory, isExecutable, isFile, namesIn } from '../inspect/folder.ts'
import { logFile } from './check-status.ts'
import { changedLines, ownersOf, sortLines } from './debconf-data.ts'
import { parseOptions } from './getopt.ts'
import type { ProgramOptions } from './program.ts'
import { isSet, type Tool, ToolError, type World, wordsOf } from './tool.ts'

const USAGE = `Usage: fai-debconf [-dfhsv] DIRECTORY
Answers of the classes for debconf of the target, then the packages they concern are configured anew.
  -s  only set   -f  configure anew whether or not an answer changed   -v, -d  say more`

const NO_CLASSES = 9
const NO_COPY = 10

/** Where the tool works, and how much it says. */
type Session = World & { readonly target: string; readonly says: boolean }

/** `fai-debconf`: preseeds debconf of the target by class (fai-semantics.md, section 3.5). */
export const faiDebconf: Tool = async (args, world) => {
  const { flags, words, wrong } = parseOptions('hvsfd', args)
  for (const letter of wrong) world.complain(`fai-debconf: unknown option -${letter}`)
  const [directory, ...rest] = words
  if (flags.has('h') || !directory || rest.some(word => word !== '')) {
    world.print(USAGE)
    return flags.has('h') ? 0 : 1
  }
  if (!(await isDirectory(directory))) {
    world.print(`WARNING: there is no directory ${directory}`)
    return 1
  }
  const classes = wordsOf(world.env['classes'])
  if (classes.length === 0) {
    world.print('No classes are defined.')
    return NO_CLASSES
  }
  const says = flags.has('v') || flags.has('d') || isSet(world.env['verbose'])
  const session = { ...world, target: world.env['target'] || '/', says }
  const dump = await resolveTargetPath(session.target, '/usr/bin/debconf-get-selections')
  if (!flags.has('f') && (await isExecutable(dump))) {
    await writeFile(logFile(world.env, 'debconf.old'), sortLines(await readSelections(session)))
  }
  for (const file of await filesOf(directory, classes))
    await addFile(resolve(world.cwd, directory), file, session)
  if (!flags.has('s')) await reconfigure(session)
  return 0
}

/** Runs a program in the target, as `$ROOTCMD` says. */
const runInTarget = (
  { env, cwd, run }: World,
  words: readonly string[],
  options: Partial<ProgramOptions> = {},
) => {
  const [first, ...rest] = [...wordsOf(env['ROOTCMD']), ...words]
  return run([first as string, ...rest], { env, cwd, ...options })
}

const readSelections = async (session: Session): Promise<string> =>
  (await runInTarget(session, ['debconf-get-selections'], { read: true })).stdout

/** For each class the file that bears its name, or the files in the directory that does, backups left out. */
const filesOf = async (directory: string, classes: readonly string[]): Promise<readonly string[]> => {
  const found: string[] = []
  for (const name of classes) {
    const inside = (await isDirectory(join(directory, name))) ? await namesIn(join(directory, name)) : []
    const named = inside.filter(each => /^[\p{L}\p{N}_.-]+$/u.test(each)).map(each => `${name}/${each}`)
    for (const file of [name, ...named]) if (await isFile(join(directory, file))) found.push(file)
  }
  return found
}

const addFile = async (directory: string, file: string, session: Session): Promise<void> => {
  const path = join(directory, file)
  if (session.says) session.print(`Adding debconf data from ${path}`)
  const data = await readFile(path)
  const { code } = await runInTarget(session, ['debconf-set-selections', ...(session.says ? ['-v'] : [])], {
    input: data,
    log: logFile(session.env, 'debconf.log'),
  })
  if (code !== 0)
    session.complain(`fai-debconf: debconf-set-selections ended with exit code ${code} for ${path}`)
  await appendFile(logFile(session.env, 'debconf.data'), data)
}

/** Configures anew the packages that the answers concern, those that are installed, against a copy of the database. */
const reconfigure = async (session: Session): Promise<void> => {
  const { env, target } = session
  const dataFile = logFile(env, 'debconf.data')
  const { size } = await stat(dataFile).catch(() => ({ size: 0 }))
  if (size === 0) return
  const before = await readFile(logFile(env, 'debconf.old'), 'utf8').catch(() => undefined)
  if (before !== undefined) {
    const after = sortLines(await readSelections(session))
    await writeFile(logFile(env, 'debconf.new'), after)
    await writeFile(dataFile, changedLines(before, after))
  }
  const packages = ownersOf(await readFile(dataFile, 'utf8'))
  const made = await runInTarget(session, ['mktemp', '-t', 'fai-debconf.XXXXXXXXXX'], { read: true })
  const copy = made.stdout.trim()
  if (made.code !== 0 || copy === '') throw new ToolError('mktemp failed in the target', NO_COPY)
  const database = ['--config=Name:faidb', '--config=Driver:File', `--config=Filename:${copy}`]
  await runInTarget(session, ['debconf-copydb', 'configdb', 'faidb', ...database])
  for (const name of packages) await reconfigurePackage(name, copy, session)
  for (const path of [copy, `${copy}-old`])
    await rm(await resolveTargetPath(target, path, 'keep'), { force: true })
}

const reconfigurePackage = async (name: string, copy: string, session: Session): Promise<void> => {
  if (!(await isInstalled(name, session))) {
    if (session.env['debug']) session.print(`Package ${name} is not yet installed. Skipping reconfiguration.`)
    return
  }
  if (session.says) session.print(`Reconfiguring package ${name}`)
  const env = {
    ...session.env,
    DEBCONF_DB_OVERRIDE: `File{${copy} readonly:true}`,
    DEBIAN_FRONTEND: 'noninteractive',
  }
  await runInTarget(session, ['/usr/sbin/dpkg-reconfigure', name], { env })
}

/** A package that may be there for several architectures at once has its architecture in the name of its list. */
const isInstalled = async (name: string, { target }: Session): Promise<boolean> => {
  const lists = await namesIn(await resolveTargetPath(target, '/var/lib/dpkg/info'))
  return lists.some(
    list => list === `${name}.list` || (list.startsWith(`${name}:`) && list.endsWith('.list')),
  )
}
