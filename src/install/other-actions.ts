import { join } from 'node:path'
import { StartError } from '../apply/runner.ts'
import { isFile } from '../inspect/folder.ts'
import { readHardware } from '../inspect/hardware.ts'
import { readNetworkCards } from '../inspect/network.ts'
import { failureCode } from '../plan/task.ts'
import { formatInventory } from './inventory.ts'
import { saveRemoteLogs } from './remote-logs.ts'
import { type FaiRun, StopRun } from './run.ts'
import { runFile } from './run-file.ts'
import { runTask } from './run-task.ts'

const REPORT_SECONDS = 60
/** FAI's `TASKERROR action 22`: there is no such action. */
const NO_ACTION = 22

/** What `sysinfo` shows, of the programs that are there. */
const SYSINFO: readonly (readonly [string, ...string[]])[] = [
  ['uname', '-a'],
  ['cat', '/proc/cmdline'],
  ['lscpu'],
  ['free', '-m'],
  ['dmidecode'],
  ['lspci', '-nn'],
  ['lsusb'],
  ['lsmod'],
  ['lsblk', '-o', 'NAME,SIZE,TYPE,FSTYPE,LABEL,UUID,MOUNTPOINT,MODEL,SERIAL'],
  ['sfdisk', '-l'],
  ['cat', '/proc/mdstat'],
  ['pvs'],
  ['vgs'],
  ['lvs'],
  ['efibootmgr', '-v'],
  ['df', '-h'],
  ['ip', 'address'],
  ['ip', 'route'],
  ['sensors'],
  ['dmesg'],
]

/** The actions that change nothing. */
export const REPORT_ACTIONS = ['sysinfo', 'inventory'] as const

/**
 * An action that installs nothing (fai-semantics.md, section 2.2): `sysinfo` and `inventory` write what this machine is to a log
 * of that name, any other is the program `hooks/ACTION` of the config space. One that is not there ends the run.
 */
export const runOtherAction = async (action: string, run: FaiRun): Promise<void> => {
  const report = REPORT_ACTIONS.find(each => each === action)
  if (report !== undefined) {
    await runTask(report, run, () => (report === 'sysinfo' ? showSystem(run) : showInventory(run)))
  } else {
    await runCustomAction(action, run)
  }
  await saveRemoteLogs(run)
  run.monitor.send('TASKEND faiend 0')
}

const showInventory = async ({ log }: FaiRun): Promise<void> => {
  const lines = formatInventory({ ...(await readHardware()), cards: readNetworkCards() })
  for (const line of lines) log.line('inventory', line)
}

const showSystem = async ({ run, log, signal }: FaiRun): Promise<void> => {
  for (const argv of SYSINFO) {
    const onLine = (line: string): void => log.line('sysinfo', line)
    onLine(`=====   ${argv.join(' ')}   =====`)
    try {
      await run({ argv, timeoutSeconds: REPORT_SECONDS, onLine }, signal)
    } catch (error) {
      if (!(error instanceof StartError)) throw error
      onLine('(not on this machine)')
    }
  }
}

const runCustomAction = async (action: string, run: FaiRun): Promise<void> => {
  const path = join(run.configSpace, 'hooks', action)
  if (!(await isFile(path))) {
    run.monitor.send(`TASKERROR action ${NO_ACTION}`)
    const message = `there is no action "${action}": it is none of FAI's, and ${path} is not there`
    run.reporter.complain(message)
    throw new StopRun(message)
  }
  const file = { task: 'action', kind: 'hook', name: action, path } as const
  const { exitCode } = await runFile(file, 'executed', run, { cwd: run.configSpace })
  if (exitCode === 0) return
  run.reporter.complain(`action ${action} ended with exit code ${exitCode}`)
  run.errors.raise(failureCode('configure'))
}
