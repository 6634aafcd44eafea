import { mkdir, mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CleanupError, RefusedError } from '../apply/apply-error.ts'
import { type Applying, openApply } from '../apply/apply-plan.ts'
import type { ApplyContext } from '../apply/context.ts'
import { refusePlan } from '../apply/refusals.ts'
import { makeRunner, searchPath } from '../apply/runner.ts'
import { forgetDiskFiles, refuseChange } from '../apply/storage/change-storage.ts'
import { hasErrors } from '../diagnostic/diagnostic.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { openMonitor } from '../install/monitor.ts'
import type { FaiRun } from '../install/run.ts'
import { isChosen, type RunQuestions, runAction } from '../install/run-action.ts'
import { runVariables } from '../install/run-variables.ts'
import { openShell, type Shell } from '../install/shell.ts'
import { openTaskErrors } from '../install/task-errors.ts'
import { parseClassName } from '../model/class-name.ts'
import { planClassFiles } from '../plan/log-files.ts'
import { secretMasker } from '../plan/mask-secrets.ts'
import type { LocalStep, Plan, Step } from '../plan/step.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode } from './deps.ts'
import { DISKS_LOG_DIRECTORY, defaultLogDirectory, runDate } from './log-directory.ts'
import type { LookupAnswer } from './look-up.ts'
import { lookupObject } from './lookup-output.ts'
import { actionOf, askFor, type PlanSetting, planFor, settingsOf } from './make-plan.ts'
import { machineDisklist } from './own-disks.ts'
import { registrationOf } from './plan-registration.ts'
import { registerHost } from './register-host.ts'
import { lineReporter } from './run-reporter.ts'

/**
 * Installs a host: FAI's tasks from class scripts to saved logs, and then the update of DNS, only where nothing went
 * wrong. `target` is the root of the installed system; where absent, a directory that is removed afterwards: `/target` for
 * the disks of this machine, as FAI has it, else a fresh one.
 */
export const runInstallation = async (
  setting: PlanSetting,
  configSpace: string,
  target: string | undefined,
): Promise<ExitCode> => {
  const { deps, args, config } = setting
  if (!deps.isRoot)
    throw new EnvironmentError('installing needs root: it attaches devices, mounts and changes roots')
  const first = await askFor(setting, configSpace, args.facts, args.add)
  if (first.host === undefined) {
    complainAll(deps, first.diagnostics)
    return first.exitCode === EXIT.done ? EXIT.findings : first.exitCode
  }
  const date = runDate(deps.now())
  const logDirectory = resolve(deps.cwd, logDirectoryOf(setting, first.host.short, date))
  await mkdir(logDirectory, { recursive: true, mode: 0o750 })
  const root = target ?? (await makeTarget(setting))
  try {
    const place = { configSpace, target: root, logDirectory, date, host: first.host }
    const { code, answer } = await runTasks(setting, place)
    if (answer !== undefined)
      deps.complain(`logs and the explained list (classes.json) are in ${logDirectory}`)
    if (code !== EXIT.done || answer === undefined) return code
    const { register } = config
    if (register === undefined) return EXIT.done
    return await registerHost(registrationOf(answer, args.addresses), { ...config, register }, deps)
  } finally {
    if (target === undefined) await rmdir(root).catch(() => undefined)
  }
}

const logDirectoryOf = ({ args, goal }: PlanSetting, host: string, date: string): string =>
  args.logDirectory ??
  (goal.kind === 'machine' ? DISKS_LOG_DIRECTORY : defaultLogDirectory(host, actionOf(goal), date))

/** FAI's own in its network root. */
const MACHINE_TARGET = '/target'

const makeTarget = async ({ goal }: PlanSetting): Promise<string> => {
  if (goal.kind !== 'machine') return mkdtemp(join(tmpdir(), 'fai-classes-target-'))
  await mkdir(MACHINE_TARGET, { recursive: true })
  return MACHINE_TARGET
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
  const shell = openShell(run, {
    ...(goal.kind === 'machine' ? await diskVariables(deps) : {}),
    ...beginVariables(setting, place),
  })
  const asked: Asked = { answer: undefined, exitCode: EXIT.findings }
  const { target, logDirectory } = place
  const path = searchPath(deps.environment)
  const applying = await openApply(
    { run, searchPath: path, target, logDirectory, signal: deps.signal },
    () => shell.environment(),
    text => secretMasker(Object.fromEntries(shell.variables))(text),
  )
  const faiRun = openRun(setting, place, { applying, shell, run })
  const questions: RunQuestions = {
    ...planQuestions(setting, place, asked, applying.context),
    async refuse(steps) {
      for (const { action } of steps)
        if (action.kind === 'change-storage') await refuseChange(action.storage, path)
      await refusePlan(steps, applying.context, path)
    },
  }
  const { only, skip } = args
  if (goal.kind === 'machine' && isChosen('partition', { only, skip })) await forgetDiskFiles(logDirectory)
  const outcome = await runAction(actionOf(goal), faiRun, questions, { only, skip }).then(
    worst => ({ worst }),
    error => ({ error }),
  )
  const leftBehind = await applying.close()
  for (const thing of leftBehind) deps.complain(`fai-classes: left behind: ${thing}`)
  await faiRun.monitor.close()
  if ('error' in outcome) return { code: toExitCode(outcome.error, deps), answer: asked.answer }
  if (asked.answer === undefined) return { code: asked.exitCode, answer: undefined }
  return {
    code: outcome.worst === 0 && leftBehind.length === 0 ? EXIT.done : EXIT.findings,
    answer: asked.answer,
  }
}

/** What setup-storage reads of the environment besides; hooks and `.var` files may change it. */
const diskVariables = async (deps: CommandDeps): Promise<Record<string, string>> => {
  const ignored = deps.environment['SS_IGNORE_VG']
  return {
    disklist: await machineDisklist(deps),
    ...(ignored === undefined ? {} : { SS_IGNORE_VG: ignored }),
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
): FaiRun => ({
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
  run: ApplyContext,
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
      const planned = await planFor(setting, {
        ...{ answer, configSpace, variables, run },
        resolved: answer.resolved,
      })
      complainAll(deps, planned.diagnostics)
      return hasErrors(planned.diagnostics) ? undefined : planned.value && localSteps(planned.value)
    },
  }
}

const localSteps = ({ steps }: Plan): readonly LocalStep[] => steps.filter(isLocal)

const isLocal = (step: Step): step is LocalStep => step.action.kind !== 'update-dns'
