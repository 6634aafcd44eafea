import { appendFileSync } from 'node:fs'
import { formatStatus } from '../apply/task-log.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { readScripts } from '../inspect/config-space-scripts.ts'
import { isDirectory } from '../inspect/folder.ts'
import { readInterpreter, readScriptType } from '../inspect/script-type.ts'
import { logFile } from './check-status.ts'
import { parseOptions } from './getopt.ts'
import { runScripts, type ScriptWorld } from './run-scripts.ts'
import { type Environment, isSet, type Tool, type World, wordsOf } from './tool.ts'

const USAGE = 'Usage: fai-do-scripts [-n] [-L LOGDIR] DIRECTORY'
const NO_CLASSES = 9

/** `fai-do-scripts`: runs the scripts of all classes (fai-semantics.md, section 3.3). */
export const faiDoScripts: Tool = async (args, world) => {
  const { flags, values, words, wrong } = parseOptions('nhL:', args)
  for (const letter of wrong) world.complain(`fai-do-scripts: unknown option -${letter}`)
  const [directory, ...rest] = words
  if (flags.has('h') || !directory || rest.some(word => word !== '')) {
    world.print(USAGE)
    return flags.has('h') ? 0 : 1
  }
  const env = values.has('L') ? { ...world.env, LOGDIR: values.get('L') } : world.env
  const classes = wordsOf(env['classes'])
  if (classes.length === 0) {
    world.print('No classes are defined.')
    return NO_CLASSES
  }
  if (!(await isDirectory(directory))) {
    world.complain(`fai-do-scripts: there is no directory ${directory}`)
    return 0
  }
  if (flags.has('n')) return showScripts(directory, classes, world)
  return runScripts(directory, classes, scriptWorld(directory, { ...world, env }))
}

const showScripts = async (
  directory: string,
  classes: readonly string[],
  { print }: World,
): Promise<number> => {
  const { value = [] } = await readScripts(directory, classes)
  for (const { path, name } of value) print(`Executing ${await readScriptType(path)}: ${name}`)
  return 0
}

const scriptWorld = (directory: string, world: World): ScriptWorld => {
  const { env, print, complain, run } = world
  const logOf = (type: string): string => logFile(env, logName(type, env))
  return {
    header: (line, type) => appendFileSync(logOf(type), `${line}\n`),
    run: async ({ name, path }, type) => {
      const traced = isSet(env['debug']) && type === 'shell'
      const shell = traced ? [(await readInterpreter(path)) ?? 'sh', '-x'] : []
      const [first, ...rest] = [...shell, `./${name}`, ...cfengineWords(type, env)]
      const { code } = await run([first as string, ...rest], { cwd: directory, env, log: logOf(type) })
      return code
    },
    ended: ({ name }, exitCode, type) => {
      const line = formatStatus(name, exitCode)
      appendFileSync(logFile(env, 'status.log'), `${line}\n`)
      appendFileSync(logOf(type), `${line}\n`)
      print(line)
    },
    warn: diagnostic => complain(`fai-do-scripts: ${formatDiagnostic(diagnostic)}`),
  }
}

const OLD_LOGS: Readonly<Record<string, string>> = {
  shell: 'shell.log',
  perl: 'perl.log',
  expect: 'expect.log',
  ruby: 'ruby.log',
  'cf-agent': 'cfagent.log',
}

const usesOldLogs = (env: Environment): boolean => env['FAI_USE_OLD_SCRIPT_LOGS'] === '1'

/** The log of a kind of script: one for all, or one for each language where FAI_USE_OLD_SCRIPT_LOGS asks for that. */
const logName = (type: string, env: Environment): string => {
  if (!usesOldLogs(env)) return 'scripts.log'
  return /^python[0-9.]*$/.test(type) ? 'python.log' : (OLD_LOGS[type] ?? 'scripts.log')
}

/** What FAI gives to a policy of cfengine in the old way. */
const cfengineWords = (type: string, env: Environment): readonly string[] =>
  type === 'cf-agent' && usesOldLogs(env)
    ? [...(isSet(env['debug']) ? ['-v'] : []), '-KI', `-D${env['cfclasses'] ?? ''}`]
    : []
