import { writeFileSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../apply/apply-error.ts'
import { hasErrors } from '../diagnostic/diagnostic.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { openBootServer } from '../image/boot-server.ts'
import { type ProgramSetting, runGood } from '../image/image-programs.ts'
import { leaseVariables } from '../image/lease.ts'
import type { NetbootParameters } from '../image/netboot-parameters.ts'
import type { Network } from '../image/network.ts'
import { readHardware } from '../inspect/hardware.ts'
import { readNetworkCards } from '../inspect/network.ts'
import { formatInventory } from '../install/inventory.ts'
import type { RunListener } from '../install/run-event.ts'
import type { HostName } from '../model/catalog.ts'
import { configSpaceDirectory } from './config-space-directory.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode } from './deps.ts'
import { DISKS_LOG_DIRECTORY } from './log-directory.ts'
import type { Goal, PlanSetting } from './make-plan.ts'
import { openHomeReport } from './netboot-report.ts'
import { type NetbootSite, siteOfNobody, siteOfOrder } from './netboot-site.ts'
import { FROM_ENVIRONMENT } from './open-run.ts'
import { runInstallation } from './run-installation.ts'
import { parseTargetArgs } from './target-args.ts'

/** A machine that was booted from the network, and what it is to do. */
export type NetbootMachine = {
  readonly parameters: NetbootParameters
  /** All of the kernel's command line. */
  readonly given: ReadonlyMap<string, string>
  readonly network: Network
  /** Its name. */
  readonly short: string
  /** A directory in memory. */
  readonly place: string
  readonly setting: ProgramSetting
  readonly deps: CommandDeps
}

/** Fetches `netscript` and runs it; rejects where either fails. */
export const fetchAndRun = async (url: string, { place, setting, deps }: NetbootMachine): Promise<void> => {
  const path = join(place, 'netscript')
  deps.complain(`fai-classes: running ${url}`)
  await runGood({ argv: ['curl', '--fail', '--silent', '--show-error', '--output', path, url] }, setting)
  await runGood({ argv: ['chmod', '700', path] }, setting)
  await runGood({ argv: [path], onLine: deps.complain }, setting)
}

/** Says what the machine is to whoever reads its console, and to the boot server where there is one. */
export const reportHardware = async ({ parameters, network, deps }: NetbootMachine): Promise<ExitCode> => {
  const text = formatInventory({ ...(await readHardware()), cards: readNetworkCards() }).join('\n')
  deps.print(text)
  const { server } = parameters
  if (server !== undefined) await openBootServer(server, deps.signal).discover(network.card.mac, `${text}\n`)
  return EXIT.done
}

/** Runs the action as FAI's tasks have it: `install` onto the disks of the machine by the order of the server, others with or without one. */
export const runNetbootAction = async (machine: NetbootMachine): Promise<ExitCode> => {
  const { parameters, deps } = machine
  const { server, token, action } = parameters
  if (action === 'install' && (server === undefined || token === undefined))
    throw new EnvironmentError(
      'install needs FAI_CLASSES_SERVER and FAI_CLASSES_TOKEN: who the host is, the boot server says',
    )
  const gone = new AbortController()
  const signal = AbortSignal.any([deps.signal, gone.signal])
  const report = openHomeReport(server, {
    signal: deps.signal,
    complain: deps.complain,
    onRefused: e => gone.abort(e),
  })
  const host = hostOf(machine)
  const site =
    server === undefined || token === undefined
      ? siteOfNobody(host)
      : siteOfOrder({
          host,
          order: facts => openBootServer(server, signal).order(token, { facts }),
          keepSecret: keepSecretsIn(join(machine.place, 'keys')),
          onOrder: ({ reportKey }) => report.begin(reportKey),
        })
  const ended = await runAction(machine, { site, signal, listener: report.listener }).then(
    code => ({ code }),
    (error: unknown) => ({ error }),
  )
  await sendLogs(machine, report.log)
  if ('error' in ended) {
    await report.end(false, messageOf(ended.error)).catch(error => deps.complain(messageOf(error)))
    throw ended.error
  }
  const { code } = ended
  await report.end(code === EXIT.done, code === EXIT.done ? 'all tasks are done' : `exit code ${code}`)
  return code
}

const hostOf = ({ parameters: { hostname = '' }, short, network: { lease } }: NetbootMachine): HostName => {
  const { domain } = lease
  const fqdn = hostname.includes('.') ? hostname : domain && `${short}.${domain}`
  return { short, fqdn: fqdn?.toLowerCase() }
}

/** The machine forgets them when it is switched off. */
const keepSecretsIn = (folder: string) => {
  let count = 0
  return (base64: string): string => {
    const path = join(folder, `tsig-${++count}`)
    writeFileSync(path, base64, { mode: 0o600 })
    return path
  }
}

type RunSetting = {
  readonly site: NetbootSite
  readonly signal: AbortSignal
  readonly listener: RunListener
}

const runAction = async (
  { parameters, given, network, short, place, deps }: NetbootMachine,
  { site, signal, listener }: RunSetting,
): Promise<ExitCode> => {
  const fromCommandLine = FROM_ENVIRONMENT.flatMap(name => {
    const value = given.get(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const environment = { ...deps.environment, ...Object.fromEntries(fromCommandLine) }
  const ownDeps: CommandDeps = { ...deps, environment, signal, hostname: short }
  const wanted = parameters.configSpace ?? (await emptyConfigSpace(place))
  const { value: configSpace, diagnostics } = await configSpaceDirectory(wanted, ownDeps)
  complainAll(deps, diagnostics)
  if (configSpace === undefined || hasErrors(diagnostics)) return EXIT.findings
  const { action, flags } = parameters
  const goal: Goal = action === 'install' ? { kind: 'machine' } : { kind: 'action', name: action }
  const setting: PlanSetting = {
    host: short,
    goal,
    args: parseTargetArgs(rawArgs(wanted, flags), environment),
    config: site.config,
    deps: ownDeps,
    netboot: {
      identify: site.identify,
      lookUp: site.lookUp,
      variables: leaseVariables(network.lease, network.card, network.allCards),
      listener,
    },
  }
  return runInstallation(setting, configSpace, goal.kind === 'action' ? '/' : undefined)
}

const emptyConfigSpace = async (place: string): Promise<string> => {
  const directory = join(place, 'config')
  await mkdir(join(directory, 'class'), { recursive: true })
  return directory
}

/** As if the command line said nothing. */
const rawArgs = (configSpace: string, flags: readonly string[]): Parameters<typeof parseTargetArgs>[0] => ({
  config: undefined,
  'config-space': configSpace,
  add: [],
  fact: [],
  fresh: false,
  flags: flags.join(','),
  only: [],
  skip: [],
  'script-limit': 3600,
  address: [],
  'log-dir': DISKS_LOG_DIRECTORY,
  events: undefined,
  monitor: undefined,
  'base-cache': undefined,
})

/** The log directory with what was said on the console; what fails is told, for the run is over. */
const sendLogs = async (
  { place, setting, deps }: NetbootMachine,
  send: (archive: Uint8Array) => Promise<void>,
): Promise<void> => {
  try {
    await mkdir(DISKS_LOG_DIRECTORY, { recursive: true, mode: 0o750 })
    await copyFile(join(place, 'console.log'), join(DISKS_LOG_DIRECTORY, 'console.log'))
    const path = join(place, 'logs.tar.gz')
    await runGood(
      { argv: ['tar', '-C', DISKS_LOG_DIRECTORY, '-czf', path, '.'] },
      { ...setting, signal: deps.signal },
    )
    await send(await readFile(path))
    await writeFile(path, '')
  } catch (error) {
    deps.complain(`fai-classes: the logs are not sent home: ${messageOf(error)}`)
  }
}
