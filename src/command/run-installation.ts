import { mkdir, mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CleanupError, RefusedError } from '../apply/apply-error.ts'
import { type Applying, openApply } from '../apply/apply-plan.ts'
import { refusePlan } from '../apply/refusals.ts'
import { makeRunner, searchPath } from '../apply/runner.ts'
import { hasErrors } from '../diagnostic/diagnostic.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { openMonitor } from '../install/monitor.ts'
import type { FaiRun } from '../install/run.ts'
import { type RunQuestions, runAction } from '../install/run-action.ts'
import { openHistory } from '../install/run-history.ts'
import { runVariables } from '../install/run-variables.ts'
import { openShell, type Shell } from '../install/shell.ts'
import { openTaskErrors } from '../install/task-errors.ts'
import { readWanted } from '../install/wanted.ts'
import { parseClassName } from '../model/class-name.ts'
import { configSource } from '../model/config-space-uri.ts'
import { planClassFiles } from '../plan/log-files.ts'
import { secretMasker } from '../plan/mask-secrets.ts'
import type { LocalStep, Step } from '../plan/step.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode } from './deps.ts'
import { defaultLogDirectory, runDate } from './log-directory.ts'
import type { LookupAnswer } from './look-up.ts'
import { lookupObject } from './lookup-output.ts'
import { actionOf, askFor, type PlanSetting, planFor, settingsOf } from './make-plan.ts'
import { registrationOf } from './plan-registration.ts'
import { printReport } from './print-report.ts'
import { registerHost } from './register-host.ts'
import { lineReporter } from './run-reporter.ts'

/**
 * Installs a host: FAI's tasks from class scripts to saved logs, and then the update of DNS, only where nothing went
 * wrong. `target` is the root of the installed system; a fresh directory where absent, removed afterwards.
 */
export const runInstallation = async (
  setting: PlanSetting,
  configSpace: string,
  target: string | undefined,
): Promise<ExitCode> => {
  const { deps, args, config, goal } = setting
  if (!deps.isRoot)
    throw new EnvironmentError('installing needs root: it attaches devices, mounts and changes roots')
  const first = await askFor(setting, configSpace, args.facts, args.add)
  if (first.host === undefined) {
    complainAll(deps, first.diagnostics)
    return first.exitCode === EXIT.done ? EXIT.findings : first.exitCode
  }
  const date = runDate(deps.now())
  const directory = args.logDirectory ?? defaultLogDirectory(first.host.short, actionOf(goal), date)
  const logDirectory = resolve(deps.cwd, directory)
  await mkdir(logDirectory, { recursive: true, mode: 0o750 })
  const root = target ?? (await mkdtemp(join(tmpdir(), 'fai-classes-target-')))
  try {
    const place = { configSpace, target: root, logDirectory, date, host: first.host }
    const { code, answer } = await runTasks(setting, place)
    if (answer !== undefined)
      deps.complain(`logs and the explained list (classes.json) are in ${logDirectory}`)
    if (code !== EXIT.done || answer === undefined) return code
    const { register } = config
    if (register === undefined) return EXIT.done
    const request = { ...registrationOf(answer, args.addresses), sshKeys: logDirectory }
    return await registerHost(request, { ...config, register }, deps)
  } finally {
    if (target === undefined) await rmdir(root).catch(() => undefined)
  }
}

type Place = {
  readonly configSpace: string
  readonly target: string
  readonly logDirectory: string
  readonly date: string
  readonly host: NonNullable<LookupAnswer['host']>
}

type Ended = { readonly code: ExitCode; readonly answer: LookupAnswer | undefined }

const runTasks = async (setting: PlanSetting, place: Place): Promise<Ended> => {
  const { deps, args, goal } = setting
  const run = makeRunner(deps.environment)
  const shell = openShell(run, beginVariables(setting, place))
  const asked: Asked = { answer: undefined, exitCode: EXIT.findings }
  const { target, logDirectory } = place
  const path = searchPath(deps.environment)
  const applying = await openApply(
    { run, searchPath: path, target, logDirectory, signal: deps.signal },
    () => shell.environment(),
    text => secretMasker(Object.fromEntries(shell.variables))(text),
  )
  const name = { host: place.host.short, action: actionOf(goal), now: deps.now }
  const history = await openHistory(name, applying)
  const faiRun = { ...openRun(setting, place, { applying, shell, run }), watch: history.watch }
  const questions: RunQuestions = {
    ...planQuestions(setting, place, asked),
    refuse: steps => refusePlan(steps, applying.context, path),
  }
  const { only, skip } = args
  const outcome = await runAction(actionOf(goal), faiRun, questions, {
    choice: { only, skip },
    atEnd: wanted => history.end(wanted, faiRun.errors.worst()),
  }).then(
    worst => ({ worst }),
    error => ({ error }),
  )
  const leftBehind = await applying.close()
  for (const thing of leftBehind) deps.complain(`fai-classes: left behind: ${thing}`)
  await faiRun.monitor.close()
  const report = history.report()
  if (report !== undefined && goal.kind === 'update') printReport(report, goal.format, deps)
  if ('error' in outcome) return { code: toExitCode(outcome.error, deps), answer: asked.answer }
  if (asked.answer === undefined) return { code: asked.exitCode, answer: undefined }
  return {
    code: outcome.worst === 0 && leftBehind.length === 0 ? EXIT.done : EXIT.findings,
    answer: asked.answer,
  }
}

const toExitCode = (error: unknown, deps: CommandDeps): ExitCode => {
  if (!(error instanceof RefusedError || error instanceof CleanupError || deps.signal.aborted)) throw error
  deps.complain(`fai-classes: ${error instanceof Error ? error.message : String(error)}`)
  return EXIT.findings
}

const beginVariables = ({ deps, args, goal }: PlanSetting, place: Place): Record<string, string> => {
  const { configSpace, target, logDirectory, date, host } = place
  const added = deps.environment['ADDCLASSES']
  return {
    ...(added === undefined ? {} : { ADDCLASSES: added }),
    ...runVariables({
      action: actionOf(goal),
      host: host.short,
      fqdn: host.fqdn,
      configSpace,
      configSource: configSource(args.configSpace, deps.cwd),
      target,
      logDirectory,
      flags: args.flags,
      runDate: date,
      cwd: deps.cwd,
      path: `${deps.toolsDirectory}:${searchPath(deps.environment)}`,
    }),
  }
}

const openRun = (
  { deps, args, goal }: PlanSetting,
  { configSpace, logDirectory }: Place,
  { applying, shell, run }: { applying: Applying; shell: Shell; run: FaiRun['run'] },
): Omit<FaiRun, 'watch'> => ({
  action: actionOf(goal),
  configSpace,
  logDirectory,
  shell,
  errors: openTaskErrors(logDirectory),
  monitor: openMonitor(logDirectory, undefined),
  log: applying.context.log,
  applying,
  run,
  signal: deps.signal,
  reporter: lineReporter(deps),
  scriptSeconds: args.scriptSeconds,
  classes: [],
})

/** What was asked while the run went. */
type Asked = { answer: LookupAnswer | undefined; exitCode: ExitCode }

const planQuestions = (
  setting: PlanSetting,
  { configSpace }: Place,
  asked: Asked,
): Pick<RunQuestions, 'resolve' | 'plan'> => {
  const { deps, args } = setting
  return {
    async resolve(facts, added) {
      const names = added.flatMap(name => parseClassName(name) ?? [])
      const answer = await askFor(setting, configSpace, [...args.facts, ...facts], [...args.add, ...names])
      complainAll(deps, answer.diagnostics)
      const { resolved } = answer
      if (resolved === undefined) {
        asked.exitCode = answer.exitCode === EXIT.done ? EXIT.findings : answer.exitCode
        return undefined
      }
      asked.answer = answer
      const variables = settingsOf(resolved)
      const explained = lookupObject(answer, setting.host, true)
      const { classes } = resolved
      return { classes, variables, steps: planClassFiles({ classes, variables, explained }) }
    },
    async plan(variables) {
      const { answer } = asked
      if (answer?.resolved === undefined) return undefined
      const planned = await planFor(setting, { answer, resolved: answer.resolved, configSpace, variables })
      complainAll(deps, planned.diagnostics)
      if (hasErrors(planned.diagnostics) || planned.value === undefined) return undefined
      const { plan, space } = planned.value
      const wanted = await readWanted(plan.classes, space, plan.steps)
      return { steps: plan.steps.filter(isLocal), wanted }
    },
  }
}

const isLocal = (step: Step): step is LocalStep => step.action.kind !== 'update-dns'
