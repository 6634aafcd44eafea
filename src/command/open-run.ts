import { openApply } from '../apply/apply-plan.ts'
import { makeRunner, searchPath } from '../apply/runner.ts'
import { readNetworkCards } from '../inspect/network.ts'
import { openMonitor } from '../install/monitor.ts'
import { resolveMonitor, serverOfUri } from '../install/monitor-address.ts'
import type { FaiRun } from '../install/run.ts'
import { runVariables } from '../install/run-variables.ts'
import { openShell } from '../install/shell.ts'
import { openTaskErrors } from '../install/task-errors.ts'
import type { HostName } from '../model/catalog.ts'
import { configSource } from '../model/config-space-uri.ts'
import { secretMasker } from '../plan/mask-secrets.ts'
import type { CommandDeps } from './deps.ts'
import { actionOf, type PlanSetting } from './make-plan.ts'
import { machineDisklist } from './own-disks.ts'
import type { Progress } from './run-progress.ts'

/** Where a run works and what it is called. */
export type RunPlace = {
  readonly configSpace: string
  readonly target: string
  readonly logDirectory: string
  /** `fai_rundate`. */
  readonly date: string
  readonly host: HostName
  /** What the sources said of the host before its class scripts were run. */
  readonly known: Readonly<Record<string, string>>
  /** Whether the monitor hears of it. */
  readonly isTold: boolean
}

/** What FAI finds in its environment or on the kernel's command line; the sources and `.var` files may say otherwise. */
export const FROM_ENVIRONMENT: readonly string[] = [
  ...['ADDCLASSES', 'STOP_ON_ERROR', 'SERVER', 'monserver', 'FAI_MONITOR_PORT', 'FAI_SENDID'],
  ...['LOGUSER', 'LOGSERVER', 'LOGREMOTEDIR', 'LOGPASSWD', 'FAI_LOGPROTO'],
]

/** Opens a run: shell, logs, monitor. Nothing of the machine is changed but the log directory and the target's own. */
export const openRun = async (
  setting: PlanSetting,
  place: RunPlace,
  { reporter, emit }: Progress,
): Promise<Omit<FaiRun, 'watch'>> => {
  const { deps, args, goal } = setting
  const { configSpace, target, logDirectory } = place
  const run = makeRunner(deps.environment)
  const beginning = beginVariables(setting, place)
  const monitor = monitorOf(setting, place, beginning)
  const shell = openShell(run, {
    ...(goal.kind === 'machine' ? await diskVariables(deps) : {}),
    ...beginning,
    ...(monitor === undefined
      ? {}
      : { monserver: monitor.host, FAI_MONITOR_PORT: String(monitor.port), FAI_SENDID: monitor.sendId }),
  })
  const logListener = {
    line: (line: string): void => emit({ event: 'output', line }),
    status: reporter.scriptEnded,
  }
  const applying = await openApply(
    { run, searchPath: searchPath(deps.environment), target, logDirectory, signal: deps.signal, logListener },
    () => shell.environment(),
    text => secretMasker(Object.fromEntries(shell.variables))(text),
  )
  return {
    action: actionOf(goal),
    configSpace,
    logDirectory,
    shell,
    errors: openTaskErrors(logDirectory),
    monitor: openMonitor(logDirectory, place.isTold ? monitor : undefined),
    log: applying.context.log,
    applying,
    run,
    signal: deps.signal,
    reporter,
    scriptSeconds: args.scriptSeconds,
    classes: [],
  }
}

const beginVariables = (setting: PlanSetting, place: RunPlace): Record<string, string> => {
  const { deps, args, goal, netboot } = setting
  const { configSpace, target, logDirectory, date, host } = place
  const server = serverOfUri(args.configSpace)
  return {
    ...(server === undefined ? {} : { SERVER: server }),
    ...netboot?.variables,
    ...inherited(deps),
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

/** What setup-storage reads of the environment besides; hooks and `.var` files may change it. */
const diskVariables = async (deps: CommandDeps): Promise<Record<string, string>> => {
  const ignored = deps.environment['SS_IGNORE_VG']
  return {
    disklist: await machineDisklist(deps),
    ...(ignored === undefined ? {} : { SS_IGNORE_VG: ignored }),
  }
}

const monitorOf = (
  { args, config, deps }: PlanSetting,
  { host, known }: RunPlace,
  beginning: Readonly<Record<string, string>>,
) =>
  resolveMonitor({
    option: args.monitor,
    configured: config.install?.monitor,
    variables: { ...beginning, ...known, ...inherited(deps) },
    host: host.short,
    mac: readNetworkCards()[0]?.mac,
  })

const inherited = ({ environment }: CommandDeps): Record<string, string> =>
  Object.fromEntries(
    FROM_ENVIRONMENT.flatMap(name => {
      const value = environment[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
