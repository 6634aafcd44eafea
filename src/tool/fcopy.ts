import { appendFile, readFile } from 'node:fs/promises'
import { isFile } from '../inspect/folder.ts'
import { copyTemplate, type FcopyRun } from './fcopy-copy.ts'
import { findTemplateFolders } from './fcopy-folders.ts'
import { type FcopySettings, parseClassFile, parseFcopy, parseNameFile } from './fcopy-settings.ts'
import { messageOf, type Tool, ToolError, type World } from './tool.ts'

const USAGE = `Usage: fcopy [OPTION]... SOURCE...
Copies from each directory SOURCE the template of the highest class to the same path of the target.

  -c A,B   classes, lowest first        -C FILE  classes from a file
  -s DIR   where sources are            -t DIR   target
  -F FILE  sources from a file          -r       all template directories below SOURCE
  -I A,B   directories that -r ignores  -i       it is no fault that nothing matches
  -m U,G,M owner, group, mode           -M       the same as -m root,root,0644
  -B       no backup                    -b DIR   backups below DIR
  -d       remove what no class asks for
  -H       links stay links             -l       leave a target that is a link alone
  -S       fill in {%VARIABLE%}         -U       not while a softupdate runs
  -L FILE  log                          -n       change nothing, say what would be done
  -v, -D   say more                     -h       this text`

/** A file that is there while a softupdate runs. */
const UPDATE_LOCK = '/var/run/fai/fai_softupdate_is_running'
/** What a file gives that cannot be read or written: ENOENT, as Perl's `die` reports it. */
const NO_FILE = 2

/** `fcopy`: files of a config space to the target, by class. Exit 1 where anything failed, after all else was done. */
export const fcopy: Tool = async (args, world) => {
  const settings = parseFcopy(args, world.env, world.cwd)
  if (settings === undefined) {
    world.print(USAGE)
    return 0
  }
  if (settings.dryRun) world.complain('fcopy: dry run, nothing is changed')
  if (settings.skipAtUpdate && (await isFile(UPDATE_LOCK))) return 0
  const run = await startRun(settings, world)
  for (const name of await namesOf(run)) {
    await copyTemplate(name, run).catch(error => run.fail(`${name}: ${messageOf(error)}`))
  }
  return run.failed() ? 1 : 0
}

const startRun = async (settings: FcopySettings, { env, ...world }: World): Promise<FcopyRun> => {
  const { classFile, target } = settings
  const classes = classFile === undefined ? settings.classes : parseClassFile(await readOption(classFile))
  if (settings.log !== undefined && !settings.dryRun) await appendOption(settings.log, '')
  let failed = false
  return {
    settings,
    highestFirst: classes.toReversed(),
    world: {
      ...world,
      env: { ...env, FAI_ROOT: target, target, ...(target === '/' ? {} : { ROOTCMD: `chroot ${target}` }) },
    },
    fail: message => {
      failed = true
      world.complain(`fcopy: ${message}`)
    },
    failed: () => failed,
    log: async (name, className, comment) => {
      if (settings.log === undefined || settings.dryRun) return
      await appendFile(settings.log, `${name}\t${className}\t# ${comment}\n`)
    },
  }
}

const namesOf = async (run: FcopyRun): Promise<readonly string[]> => {
  const { nameFile, names, recursive } = run.settings
  const given = nameFile === undefined ? names : parseNameFile(await readOption(nameFile))
  return recursive ? findTemplateFolders(given, run) : given
}

const readOption = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch(error => {
    throw new ToolError(messageOf(error), NO_FILE)
  })

const appendOption = (path: string, text: string): Promise<void> =>
  appendFile(path, text).catch(error => {
    throw new ToolError(messageOf(error), NO_FILE)
  })
