import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../apply/runner.ts'
import { sshArgv } from './remote-shell.ts'
import type { FaiRun } from './run.ts'

const LIMIT_SECONDS = 120
/** FAI's codes of task `chboot` (fai-semantics.md, section 2.3). */
const NO_SERVER = 2
const LOGIN_FAILED = 3

/** What the boot server must be told at the end. */
export type BootChangeInput = {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** `test.log`. */
  readonly testLog: string
}

/** The argv that tells it, undefined where nobody asked for it; or FAI's code of what is missing. */
export type BootChange = { readonly argv?: readonly string[]; readonly code?: number }

/**
 * How the boot server (`SERVER`) is told by fai-chboot(8), as `LOGUSER`, that this machine boots from its own disk; where
 * the tests ask for a next one (`NEXTTEST=CLASS` in `test.log`), that it is installed again with that class. Pure.
 */
export const planBootChange = ({ variables, testLog }: BootChangeInput): BootChange => {
  const { LOGUSER: user = '', SERVER: server = '', IPADDR: address = '', MAC: mac = '' } = variables
  if (user === '') return {}
  if (server === '') return { code: NO_SERVER }
  const next = /^NEXTTEST=(.+)$/m.exec(testLog)?.[1]?.trim()
  const what = next === undefined ? ['-vd'] : ['-k', `ADDCLASSES=${next}`, '-FIv']
  const machine = [address, mac].filter(word => word !== '')
  return { argv: sshArgv(user, server, ['/usr/sbin/fai-chboot', ...what, ...machine]) }
}

/** Task `chboot`. A server that cannot be told is an error of the task, and the run goes on. */
export const changeBoot = async (run: FaiRun): Promise<void> => {
  const { shell, logDirectory, errors, reporter } = run
  const testLog = await readFile(join(logDirectory, 'test.log'), 'utf8').catch(() => '')
  const { argv, code } = planBootChange({ variables: shell.environment(), testLog })
  if (code !== undefined) {
    reporter.complain(
      'task chboot: LOGUSER is set, but SERVER is not; the machine will boot as it did before',
    )
    errors.raise(code)
  }
  if (argv === undefined) return
  const failure = await runSsh(argv, run)
  if (failure === undefined) return
  reporter.complain(`task chboot: ${failure}; the machine will boot as it did before`)
  errors.raise(LOGIN_FAILED)
}

const runSsh = async (argv: readonly string[], run: FaiRun): Promise<string | undefined> => {
  const onLine = (line: string): void => run.log.line('chboot', line)
  try {
    const { exitCode, tail } = await run.run({ argv, timeoutSeconds: LIMIT_SECONDS, onLine }, run.signal)
    return exitCode === 0 ? undefined : `ssh ended with exit code ${exitCode}: ${tail.at(-1) ?? ''}`
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return error.message
  }
}
