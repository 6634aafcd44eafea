import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { CommandModule } from 'yargs'
import { messageOf } from '../apply/apply-error.ts'
import { makeRunner } from '../apply/runner.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { SourceError, toDiagnostic } from '../diagnostic/source-error.ts'
import { setClock } from '../image/clock.ts'
import { type NetbootParameters, parseNetbootParameters } from '../image/netboot-parameters.ts'
import { bringUpNetwork } from '../image/network.ts'
import { parseKernelCommandLine } from '../model/kernel-command-line.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode } from './deps.ts'
import { fetchAndRun, type NetbootMachine, reportHardware, runNetbootAction } from './netboot-run.ts'

/** Where the netboot image keeps what is its own; in memory. */
const PLACE = '/run/fai-classes'

/** `netboot`: what the kernel's command line asks for. Only in the netboot image, which calls it by itself. */
export const netbootCommand = (deps: CommandDeps): CommandModule => ({
  command: 'netboot',
  describe: 'in the netboot image: do what the kernel command line asks for',
  handler: async () => {
    if (!deps.isRoot || !(await isNetbootImage()))
      throw new EnvironmentError('this is not the netboot image: netboot would install this machine')
    deps.setExitCode(await netboot(deps))
  },
})

const isNetbootImage = (): Promise<boolean> =>
  readFile(`${PLACE}/console.log`).then(
    () => true,
    () => false,
  )

const netboot = async (deps: CommandDeps): Promise<ExitCode> => {
  const given = parseKernelCommandLine(await readFile('/proc/cmdline', 'utf8'))
  const { value: parameters, diagnostics } = parseNetbootParameters(given)
  complainAll(deps, diagnostics)
  if (parameters === undefined) return end(deps, EXIT.findings, given.get('FAI_FLAGS')?.split(',') ?? [])
  const exitCode = await run(parameters, given, deps).catch((error: unknown) => {
    complainOf(error, deps)
    return EXIT.environment
  })
  return end(deps, exitCode, parameters.flags, parameters.action)
}

const run = async (
  parameters: NetbootParameters,
  given: ReadonlyMap<string, string>,
  deps: CommandDeps,
): Promise<ExitCode> => {
  const setting = { run: makeRunner(deps.environment), signal: deps.signal }
  const network = await bringUpNetwork(parameters, setting)
  const address = network.lease['ip'] ?? ''
  const short = (parameters.hostname ?? `ip-${address.replaceAll('.', '-')}`).split('.')[0] ?? ''
  await writeFile('/proc/sys/kernel/hostname', short)
  const doing = parameters.action === 'install' ? 'installing' : `${parameters.action} of`
  const { name, mac } = network.card
  deps.print(`fai-classes: ${doing} ${short} (${name}, ${mac}, ${address})`)
  const clock = parameters.server && (await setClock(parameters.server, setting))
  if (clock !== undefined) deps.complain(`fai-classes: ${clock}`)
  await mkdir(`${PLACE}/keys`, { recursive: true, mode: 0o700 })
  const machine: NetbootMachine = { parameters, given, network, short, place: PLACE, setting, deps }
  if (parameters.netscript !== undefined) await fetchAndRun(parameters.netscript, machine)
  if (parameters.action === 'inventory' && parameters.configSpace === undefined)
    return reportHardware(machine)
  return runNetbootAction(machine)
}

/** What stands against it, in a block that is seen at the end of a screen. */
const complainOf = (error: unknown, { complain }: CommandDeps): void => {
  const isOfWorld = error instanceof EnvironmentError || error instanceof SourceError
  const text = error instanceof SourceError ? toDiagnostic(error).message : messageOf(error)
  complain(`fai-classes: ${text}`)
  // A fault of ours: whoever reads it needs to know where.
  if (!isOfWorld && error instanceof Error) complain(error.stack ?? '')
}

/** Flags that ask for somebody to have a look (fai-semantics.md, section 2.7). */
const SHELL_FLAGS = ['createvt', 'debug', 'sshd']

/**
 * Tells `init` what comes next, and people how it went.
 *
 *     action          exit code   flags               next
 *     sysinfo         any         neither of reboot,  a shell
 *                                 halt
 *     any other one   0           halt                off
 *     any other one   0           reboot              reboot
 *     any             not 0       createvt, debug,    a shell
 *                                 sshd
 *     else                                            nothing: the message stays
 */
export const nextStep = (
  action: string,
  isGood: boolean,
  flags: readonly string[],
): 'poweroff' | 'reboot' | 'shell' | 'stay' => {
  if (isGood && flags.includes('halt')) return 'poweroff'
  if (isGood && flags.includes('reboot')) return 'reboot'
  const isAsked = action === 'sysinfo' || (!isGood && SHELL_FLAGS.some(flag => flags.includes(flag)))
  return isAsked ? 'shell' : 'stay'
}

const end = async (
  { complain }: CommandDeps,
  exitCode: ExitCode,
  flags: readonly string[],
  action = '',
): Promise<ExitCode> => {
  const isGood = exitCode === EXIT.done
  if (!isGood) {
    complain('')
    complain(`fai-classes: ${action === '' ? 'netboot' : action} FAILED; nothing more is done`)
  }
  await writeFile(`${PLACE}/next`, `${nextStep(action, isGood, flags)}\n`)
  return exitCode
}
