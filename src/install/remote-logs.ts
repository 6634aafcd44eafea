import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { messageOf } from '../apply/apply-error.ts'
import { failureCode } from '../plan/task.ts'
import { scpArgv, sshArgv } from './remote-shell.ts'
import type { FaiRun } from './run.ts'

const LIMIT_SECONDS = 600

/** What saving logs elsewhere depends on. */
export type RemoteLogsInput = {
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly action: string
  /** Files of the log directory that are not empty. */
  readonly files: readonly string[]
}

/** A program with what it reads; passwords are in neither its arguments nor its environment. */
export type RemoteCommand = { readonly argv: readonly string[]; readonly stdin?: string }

/** Programs to run, none where nothing is to be saved; or why it cannot be. */
export type RemoteLogs = { readonly commands: readonly RemoteCommand[]; readonly fault?: string }

/**
 * How the logs come to `LOGUSER` at `LOGSERVER` (`SERVER` where it is not set), into `[LOGREMOTEDIR/]HOST/ACTION-DATE`, as
 * FAI's fai-savelog has it (fai-semantics.md, section 6.2): `FAI_LOGPROTO` is `ssh`, `ftp` or `none`. Not without `LOGUSER`, and
 * never for `dirinstall`. Pure.
 */
export const planRemoteLogs = ({ variables, action, files }: RemoteLogsInput): RemoteLogs => {
  const { LOGUSER: user = '', FAI_LOGPROTO: protocol = 'ssh', LOGPASSWD: password = '' } = variables
  const server = variables['LOGSERVER'] || variables['SERVER'] || ''
  if (user === '' || protocol === 'none' || action === 'dirinstall') return { commands: [] }
  if (server === '') return { commands: [], fault: 'LOGUSER is set, but neither LOGSERVER nor SERVER' }
  const ofHost = join(variables['LOGREMOTEDIR'] ?? '', variables['HOSTNAME'] ?? '')
  const name = `${action}-${variables['fai_rundate']}`
  const place = { user, server, ofHost, name, files }
  if (protocol === 'ssh') return { commands: sshCommands(place, action) }
  if (protocol === 'ftp') return { commands: [ftpCommand(place, password)] }
  return { commands: [], fault: `FAI_LOGPROTO is "${protocol}" and not ssh, ftp or none` }
}

type Place = {
  readonly user: string
  readonly server: string
  readonly ofHost: string
  readonly name: string
  readonly files: readonly string[]
}

const sshCommands = ({ user, server, ofHost, name, files }: Place, action: string): RemoteCommand[] => [
  {
    argv: sshArgv(
      user,
      server,
      ['mkdir', '-p', join(ofHost, name)],
      ['cd', ofHost],
      ['ln', '-snf', name, `last-${action}`],
      ['ln', '-snf', name, 'last'],
    ),
  },
  { argv: scpArgv(user, server, files, join(ofHost, name)) },
]

const ftpCommand = ({ user, server, ofHost, name, files }: Place, password: string): RemoteCommand => {
  const host = server.includes(':') ? `[${server}]` : server
  // RFC 1738, section 3.2.2: a slash at the begin of a path is one of its octets.
  const segments = ofHost.replace(/^\//, '\0').split('/').concat(name)
  const folder = segments.map(part => encodeURIComponent(part.replace('\0', '/'))).join('/')
  const lines = [
    `user = ${quote(`${user}:${password}`)}`,
    'ftp-create-dirs',
    'fail-early',
    'silent',
    'show-error',
    ...files.flatMap(file => [
      `upload-file = ${quote(file)}`,
      `url = ${quote(`ftp://${host}/${folder}/${encodeURIComponent(basename(file))}`)}`,
    ]),
  ]
  return { argv: ['curl', '--config', '-'], stdin: `${lines.join('\n')}\n` }
}

/** A word in a file of curl(1), section "--config". */
const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

/** Saves the logs elsewhere where the variables of the run ask for it. What fails is told, and an error of `savelog`. */
export const saveRemoteLogs = async (run: FaiRun): Promise<void> => {
  const { shell, action, logDirectory, log, reporter, errors } = run
  const files = await filledFiles(logDirectory)
  const { commands, fault } = planRemoteLogs({ variables: shell.environment(), action, files })
  const failed = fault ?? (await runAll(commands, run))
  if (failed === undefined) return
  const message = `logs are not saved elsewhere: ${failed}`
  log.tryLine('savelog', message)
  reporter.complain(message)
  errors.raise(failureCode('savelog'))
}

/** The first that fails ends it, with what it said. */
const runAll = async (commands: readonly RemoteCommand[], run: FaiRun): Promise<string | undefined> => {
  const onLine = (line: string): void => run.log.line('savelog', line)
  for (const command of commands) {
    const program = command.argv[0] ?? ''
    try {
      const { exitCode, timedOut, tail } = await run.run(
        { ...command, timeoutSeconds: LIMIT_SECONDS, onLine },
        run.signal,
      )
      if (timedOut) return `${program} did not end within ${LIMIT_SECONDS} seconds`
      if (exitCode !== 0) return `${program} ended with exit code ${exitCode}: ${tail.at(-1) ?? ''}`
    } catch (error) {
      run.signal.throwIfAborted()
      return messageOf(error)
    }
  }
  return undefined
}

const filledFiles = async (directory: string): Promise<readonly string[]> => {
  const paths = (await readdir(directory)).sort().map(name => join(directory, name))
  const sizes = await Promise.all(paths.map(async path => (await stat(path)).size))
  return paths.filter((_path, index) => (sizes[index] ?? 0) > 0)
}
