import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeRunner, searchPath } from '../apply/runner.ts'
import { openTaskLog } from '../apply/task-log.ts'
import type { Diagnostic, Outcome } from '../diagnostic/diagnostic.ts'
import { namesIn, readText } from '../inspect/folder.ts'
import { runClassScripts } from '../install/class-scripts.ts'
import { StopRun } from '../install/run.ts'
import { eventReporter } from '../install/run-event.ts'
import { runVariables } from '../install/run-variables.ts'
import { openShell } from '../install/shell.ts'
import { openTaskErrors } from '../install/task-errors.ts'
import { parseVariableFile } from '../language/variable-file.ts'
import { DEFAULT, LAST, parseClassName } from '../model/class-name.ts'
import { checkVariable } from '../model/variable.ts'
import { isSecretName } from '../plan/mask-secrets.ts'
import type { HostList, MigratedClass } from '../plan/migration.ts'
import { depsSource } from '../source/deps.ts'
import type { CommandDeps } from './deps.ts'
import { lineListener } from './run-reporter.ts'

/** No class script may take longer. */
const SCRIPT_SECONDS = 300

/** Where scripts run, and what they are told. */
export type ScriptPlace = {
  readonly directory: string
  readonly domain: string
  readonly action: string
  /** A directory for their logs. */
  readonly scratch: string
}

/**
 * The lists that the class scripts of a config space give hosts, on this machine and as this user; undefined where one of
 * them ended the run, which was told.
 */
export const runHostScripts = async (
  hosts: readonly string[],
  { directory, domain, action, scratch }: ScriptPlace,
  deps: CommandDeps,
): Promise<readonly HostList[] | undefined> => {
  const run = makeRunner(deps.environment)
  const reporter = eventReporter(lineListener(deps.complain, deps.now), deps.now)
  const lists: HostList[] = []
  for (const host of hosts) {
    const logDirectory = join(scratch, host)
    const target = join(logDirectory, 'target')
    await mkdir(target, { recursive: true })
    const variables = runVariables({
      ...{ action, host, fqdn: `${host}.${domain}`, configSpace: directory, target, logDirectory },
      ...{
        flags: [],
        runDate: '',
        cwd: deps.cwd,
        path: `${deps.toolsDirectory}:${searchPath(deps.environment)}`,
      },
    })
    const { signal } = deps
    try {
      const classes = await runClassScripts({
        ...{ configSpace: directory, logDirectory, run, signal, reporter, scriptSeconds: SCRIPT_SECONDS },
        shell: openShell(run, variables),
        errors: openTaskErrors(logDirectory),
        log: openTaskLog(logDirectory, text => text, { line: () => {}, status: reporter.scriptEnded }),
      })
      const implicit: readonly string[] = [DEFAULT, host, LAST]
      lists.push({ host, classes: classes.filter(name => !implicit.includes(name)) })
    } catch (error) {
      if (!(error instanceof StopRun)) throw error
      return undefined
    } finally {
      await rm(logDirectory, { recursive: true, force: true })
    }
  }
  return lists
}

/** What `class/*.deps` and `class/*.var` say, by class. */
export const readMigratedClasses = async (
  directory: string,
  signal: AbortSignal,
): Promise<Outcome<readonly MigratedClass[]>> => {
  const folder = join(directory, 'class')
  const whole = await depsSource(folder).readWhole(signal)
  const definitions = whole.value?.definitions ?? []
  const diagnostics: Diagnostic[] = [...whole.diagnostics, ...definitions.flatMap(each => each.diagnostics)]
  const files = await readVariableFiles(folder)
  const computed = new Set(files.flatMap(({ file }) => file.computed.map(({ name }) => name)))
  const names = new Set([...definitions.map(({ name }) => name), ...files.map(({ name }) => name)])
  const value = [...names].sort().map(name => ({
    name,
    requires: definitions
      .filter(each => each.name === name)
      .flatMap(({ requires }) => requires.flatMap(({ tokens }) => tokens.map(token => token.name))),
    ...settingsOf(
      files.find(each => each.name === name),
      computed,
    ),
  }))
  return { value, diagnostics }
}

type ClassFile = { readonly name: string; readonly file: ReturnType<typeof parseVariableFile> }

const readVariableFiles = async (folder: string): Promise<readonly ClassFile[]> => {
  const names = (await namesIn(folder)).flatMap(each =>
    parseClassName(each.replace(/\.var$/, '')) !== undefined && each.endsWith('.var')
      ? [each.slice(0, -4)]
      : [],
  )
  return Promise.all(
    names.map(async name => ({ name, file: parseVariableFile(await readText(join(folder, `${name}.var`))) })),
  )
}

/** A name that a file anywhere computes stays in all of them: what a source sets outranks the files. */
const settingsOf = (
  found: ClassFile | undefined,
  computed: ReadonlySet<string>,
): Pick<MigratedClass, 'variables' | 'notes'> => {
  if (found === undefined) return { variables: [], notes: [] }
  const { name: className, file } = found
  const at = (line: number, what: string): string => `${className}.var:${line}: ${what} stays in the file`
  const notes = [
    ...file.computed.map(({ name, line }) => at(line, `${name} is computed and`)),
    ...(file.code.length === 0
      ? []
      : [`${className}.var: commands stay in the file (lines ${file.code.join(', ')})`]),
  ]
  const variables = file.settings.flatMap(({ name, value, line }) => {
    const origin = { kind: 'file', path: `${className}.var`, line } as const
    const why = isSecretName(name)
      ? 'is a secret and'
      : computed.has(name)
        ? 'is computed in another file and'
        : checkVariable(name, value, origin).value === undefined
          ? "is FAI's own and"
          : undefined
    if (why === undefined) return [{ name, value }]
    notes.push(at(line, `${name} ${why}`))
    return []
  })
  return { variables, notes }
}
