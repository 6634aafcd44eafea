import { mkdir, mkdtemp, realpath, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CleanupError, messageOf, RefusedError } from '../apply/apply-error.ts'
import type { ApplyContext } from '../apply/context.ts'
import { refusePlan } from '../apply/refusals.ts'
import { forgetDiskFiles, refuseChange } from '../apply/storage/change-storage.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { SourceError, toDiagnostic } from '../diagnostic/source-error.ts'
import type { FaiRun } from '../install/run.ts'
import { isChosen, type RunQuestions, runAction } from '../install/run-action.ts'
import { openHistory, type RunHistory } from '../install/run-history.ts'
import { stampName, takeStamp } from '../install/stamp.ts'
import type { HostName } from '../model/catalog.ts'
import type { LocalStep } from '../plan/step.ts'
import { EXIT, type ExitCode } from './deps.ts'
import { claimLogDirectory, DISKS_LOG_DIRECTORY, type RunLogs, runDate } from './log-directory.ts'
import type { LookupAnswer } from './look-up.ts'
import { actionOf, askFor, type Goal, ownAddresses, type PlanSetting, settingsOf } from './make-plan.ts'
import { openRun, type RunPlace } from './open-run.ts'
import { nothingAsked, planQuestions } from './plan-questions.ts'
import { registrationOf } from './plan-registration.ts'
import { printReport } from './print-report.ts'
import { registerHost } from './register-host.ts'
import { openProgress, type Progress } from './run-progress.ts'

/**
 * Runs an action for a host: FAI's tasks from class scripts to saved logs, and then the update of DNS, only where nothing
 * went wrong. `target` is the root of the installed system; where absent, a directory that is removed afterwards: `/target` for
 * the disks of this machine, as FAI has it, else a fresh one.
 */
export const runInstallation = async (
  setting: PlanSetting,
  configSpace: string,
  target: string | undefined,
): Promise<ExitCode> => {
  const { deps, args, goal } = setting
  if (!deps.isRoot)
    throw new EnvironmentError(
      goal.kind === 'action'
        ? `action ${goal.name} needs root: it may look at everything`
        : 'installing needs root: it attaches devices, mounts and changes roots',
    )
  const progress = openProgress(deps, args.eventsFile, setting.netboot?.listener)
  try {
    return await runForHost(setting, configSpace, target, progress)
  } finally {
    progress.close()
  }
}

const runForHost = async (
  setting: PlanSetting,
  configSpace: string,
  target: string | undefined,
  progress: Progress,
): Promise<ExitCode> => {
  const { args, config, goal, netboot } = setting
  const first = netboot?.identify() ?? (await askFor(setting, configSpace, args.facts, args.add))
  const { host, resolved } = first
  if (host === undefined) {
    progress.diagnose(first.diagnostics)
    return first.exitCode === EXIT.done ? EXIT.findings : first.exitCode
  }
  const root = target ?? (await makeTarget(goal))
  try {
    const known = resolved === undefined ? {} : settingsOf(resolved)
    const place = { configSpace, target: root, host, known, isTold: true }
    const { code, answer, logDirectory } = await withStamp(setting, root, progress, async () =>
      runAndTell(setting, { ...place, ...(await openLogs(setting, host)) }, progress),
    )
    const { register } = config
    if (code !== EXIT.done || answer === undefined || register === undefined || goal.kind === 'action')
      return code
    const keys = logDirectory === undefined ? {} : { sshKeys: logDirectory }
    const request = { ...registrationOf(answer, args.addresses, await ownAddresses(goal)), ...keys }
    return await registerHost(request, { ...config, register }, setting.deps)
  } finally {
    if (target === undefined) await rmdir(root).catch(() => undefined)
  }
}

/** FAI's own in its network root. */
const MACHINE_TARGET = '/target'

const makeTarget = async ({ kind }: Goal): Promise<string> => {
  if (kind !== 'machine') return mkdtemp(join(tmpdir(), 'fai-classes-target-'))
  await mkdir(MACHINE_TARGET, { recursive: true })
  return MACHINE_TARGET
}

const openLogs = async (
  { deps, args, goal }: PlanSetting,
  host: HostName,
): Promise<{ readonly logDirectory: string; readonly date: string }> => {
  const given = args.logDirectory ?? (goal.kind === 'machine' ? DISKS_LOG_DIRECTORY : undefined)
  if (given === undefined) {
    const { directory, date }: RunLogs = await claimLogDirectory(host.short, actionOf(goal), deps.now())
    return { logDirectory: directory, date }
  }
  const logDirectory = resolve(deps.cwd, given)
  await mkdir(logDirectory, { recursive: true, mode: 0o750 })
  return { logDirectory, date: runDate(deps.now()) }
}

/** Of two runs at one place one is refused. */
const withStamp = async (
  { deps, goal }: PlanSetting,
  root: string,
  progress: Progress,
  body: () => Promise<Ended>,
): Promise<Ended> => {
  const at = goal.kind === 'image' ? resolve(deps.cwd, goal.path) : await realpath(root).catch(() => root)
  const name = stampName(actionOf(goal), at)
  if (name === undefined) return body()
  try {
    const stamp = await takeStamp(name, process.pid)
    if (stamp.takenOver !== undefined) progress.reporter.complain(stamp.takenOver)
    try {
      return await body()
    } finally {
      await stamp.release()
    }
  } catch (error) {
    return { code: toExitCode(error, deps.signal, progress), answer: undefined }
  }
}

type Ended = {
  readonly code: ExitCode
  readonly answer: LookupAnswer | undefined
  readonly logDirectory?: string
}

/** Runs the tasks between the two events of the run, the last of which says how it went. */
const runAndTell = async (setting: PlanSetting, place: RunPlace, progress: Progress): Promise<Ended> => {
  const { deps, goal } = setting
  const { host, logDirectory } = place
  const [begin, action] = [deps.now(), actionOf(goal)]
  progress.emit({ event: 'run-begin', action, host: host.short, logDirectory })
  const opened = await openRun(setting, place, progress)
  const history = await openHistory({ host: host.short, action, now: deps.now }, opened.applying)
  const run = { ...opened, watch: history.watch }
  const ended = await runTasks(setting, place, { run, history }, progress)
  const { failedScripts } = run.applying.context
  progress.emit({
    event: 'run-end',
    host: host.short,
    action,
    exitCode: ended.code,
    taskError: run.errors.worst(),
    seconds: Math.round((deps.now() - begin) / 100) / 10,
    failedScripts: failedScripts.map(({ name, exitCode }) => ({ name, exitCode })),
    logDirectory,
  })
  const report = history.report()
  if (report !== undefined && goal.kind === 'update') printReport(report, goal.format, deps)
  return { ...ended, logDirectory }
}

const runTasks = async (
  setting: PlanSetting,
  place: RunPlace,
  { run, history }: { readonly run: FaiRun; readonly history: RunHistory },
  progress: Progress,
): Promise<Ended> => {
  const { deps, args, goal } = setting
  const { applying, monitor, reporter } = run
  const asked = nothingAsked()
  const answering = { configSpace: place.configSpace, asked, context: applying.context }
  const questions: RunQuestions = {
    ...planQuestions(setting, answering, progress),
    refuse: steps => refuseSteps(steps, applying.context),
  }
  const { only, skip } = args
  if (goal.kind === 'machine' && isChosen('partition', { only, skip }))
    await forgetDiskFiles(place.logDirectory)
  const outcome = await runAction(actionOf(goal), run, questions, {
    choice: { only, skip },
    atEnd: wanted => history.end(wanted, run.errors.worst()),
  }).then(
    worst => ({ worst }),
    error => ({ error }),
  )
  const leftBehind = await applying.close()
  for (const thing of leftBehind) reporter.complain(`left behind: ${thing}`)
  await monitor.close()
  const { answer } = asked
  if ('error' in outcome) return { code: toExitCode(outcome.error, deps.signal, progress), answer }
  if (answer === undefined) return { code: asked.exitCode, answer }
  return { code: outcome.worst === 0 && leftBehind.length === 0 ? EXIT.done : EXIT.findings, answer }
}

const refuseSteps = async (steps: readonly LocalStep[], context: ApplyContext): Promise<void> => {
  for (const { action } of steps)
    if (action.kind === 'change-storage') await refuseChange(action.storage, context.searchPath)
  await refusePlan(steps, context, context.searchPath)
}

/** Tells a fault that is none of the program; any other is thrown on. */
const toExitCode = (error: unknown, signal: AbortSignal, { reporter, diagnose }: Progress): ExitCode => {
  if (signal.aborted) {
    reporter.complain(`ended from outside: ${messageOf(signal.reason)}`)
    return EXIT.findings
  }
  if (error instanceof SourceError) {
    diagnose([toDiagnostic(error)])
    return EXIT.environment
  }
  const isEnvironment = error instanceof EnvironmentError
  if (!(isEnvironment || error instanceof RefusedError || error instanceof CleanupError)) throw error
  reporter.complain(error.message)
  return isEnvironment ? EXIT.environment : EXIT.findings
}
