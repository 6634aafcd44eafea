import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openApply } from '../apply/apply-plan.ts'
import { makeRunner, searchPath } from '../apply/runner.ts'
import { type MonitorAddress, openMonitor } from '../install/monitor.ts'
import type { FaiRun } from '../install/run.ts'
import { type RunQuestions, runAction } from '../install/run-action.ts'
import { eventReporter, type RunEvent } from '../install/run-event.ts'
import { runVariables } from '../install/run-variables.ts'
import { UNWATCHED } from '../install/script-watch.ts'
import { openShell } from '../install/shell.ts'
import { openTaskErrors } from '../install/task-errors.ts'
import type { LocalStep } from '../plan/step.ts'
import { ROOT } from './test-files.ts'

type Test = { teardown(handler: () => void): void }

/** How a config space is run, apart from its files. */
export type SpaceOptions = {
  readonly action?: string
  readonly steps?: readonly LocalStep[]
  readonly scriptSeconds?: number
  readonly flags?: readonly string[]
  /** Variables of the beginning. */
  readonly variables?: Readonly<Record<string, string>>
  /** Programs that are found before those of this machine: shell scripts, by name. */
  readonly programs?: Readonly<Record<string, string>>
  readonly monitor?: MonitorAddress
  readonly signal?: AbortSignal
  readonly onEvent?: (event: RunEvent) => void
}

/**
 * Runs an action, `dirinstall` unless another is named, of web01 on a config space of these files: those with a first line
 * `#!` are executable. Nothing but a temporary directory is touched; its `log` and `target` are read by `read`.
 */
export const runSpace = async (
  t: Test,
  files: Readonly<Record<string, string>>,
  options: SpaceOptions = {},
) => {
  const root = mkdtempSync(join(tmpdir(), 'fai-classes-run-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, 'cs'))
  for (const [name, text] of Object.entries(files)) writeText(join(root, 'cs', name), text)
  for (const [name, text] of Object.entries(options.programs ?? {})) {
    writeText(join(root, 'bin', name), `#!/bin/sh\n${text}`)
  }
  const events: RunEvent[] = []
  const run = await openSpace(root, options, event => {
    events.push(event)
    options.onEvent?.(event)
  })
  const asked: { facts: readonly string[]; variables: Readonly<Record<string, string>> }[] = []
  const questions: RunQuestions = {
    resolve: async facts => {
      asked.push({ facts, variables: {} })
      return { classes: ['DEFAULT', ...facts, 'web01', 'LAST'], variables: { FROM: 'dns' }, steps: [] }
    },
    plan: async variables => {
      asked.push({ facts: [], variables })
      return { steps: options.steps ?? [], wanted: { classes: [], packages: {}, templates: {}, scripts: {} } }
    },
    refuse: async () => undefined,
  }
  const outcome = await runAction(run.action, run, questions, {
    choice: { only: [], skip: [] },
    atEnd: async () => undefined,
  }).then(
    worst => ({ worst }),
    (error: unknown) => ({ worst: undefined, error }),
  )
  await run.monitor.close()
  const read = (name: string): string => readFileSync(join(root, name), 'utf8')
  const has = (name: string): boolean => existsSync(join(root, name))
  const said = events.flatMap(event => (event.event === 'message' ? event.message : []))
  return { ...outcome, read, has, said, asked, events, shell: run.shell, classes: run.classes, root }
}

const openSpace = async (
  root: string,
  options: SpaceOptions,
  emit: (event: RunEvent) => void,
): Promise<FaiRun> => {
  const { action = 'dirinstall', scriptSeconds = 20, flags = ['verbose'] } = options
  const { signal = new AbortController().signal } = options
  const [configSpace, target, logDirectory] = [join(root, 'cs'), join(root, 'target'), join(root, 'log')]
  const environment = { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH']}` }
  const run = makeRunner(environment)
  const begin = { action, host: 'web01', fqdn: 'web01.example.test', cwd: '/', runDate: '20261122_120000' }
  const path = `${join(ROOT, 'bin/tools')}:${searchPath(environment)}`
  const variables = runVariables({
    ...begin,
    configSpace,
    configSource: `file://${configSpace}`,
    target,
    logDirectory,
    flags,
    path,
  })
  const shell = openShell(run, { ...variables, ...options.variables })
  const reporter = eventReporter(emit, Date.now)
  const logListener = {
    line: (line: string): void => emit({ event: 'output', line }),
    status: reporter.scriptEnded,
  }
  const applying = await openApply(
    { run, searchPath: searchPath(environment), target, logDirectory, signal, logListener },
    () => shell.environment(),
    text => text,
  )
  return {
    ...{ action, configSpace, logDirectory, shell, applying, run, signal, scriptSeconds, reporter },
    errors: openTaskErrors(logDirectory),
    monitor: openMonitor(logDirectory, options.monitor),
    log: applying.context.log,
    watch: UNWATCHED,
    classes: [],
  }
}

const writeText = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  if (text.startsWith('#!')) chmodSync(path, 0o755)
}
