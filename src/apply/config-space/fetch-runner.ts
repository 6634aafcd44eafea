import { SourceError } from '../../diagnostic/source-error.ts'
import type { RemoteUri } from '../../model/config-space-uri.ts'
import { type FetchCommand, type FetchLimits, packageOf } from '../../plan/config-space-fetch.ts'
import { missingOf } from '../refusals.ts'
import type { CommandResult, Runner } from '../runner.ts'

/** Runs one program that fetches; rejects with a `SourceError` that says why it failed, without a secret. */
export type FetchRun = (command: FetchCommand, onLine?: (line: string) => void) => Promise<void>

/** `128 + SIGXFSZ`: the kernel ended a program whose file grew beyond its limit. */
const TOO_LARGE = 153

/** The `FetchRun` of one URI. */
export const fetchRunner =
  (
    uri: RemoteUri,
    options: { run: Runner; searchPath: string; signal: AbortSignal; limits: FetchLimits },
  ): FetchRun =>
  async (command, onLine) => {
    const program = programOf(command)
    await refuseMissing(program, uri, options.searchPath)
    const result = await options.run(
      { ...command, timeoutSeconds: options.limits.seconds, ...(onLine === undefined ? {} : { onLine }) },
      options.signal,
    )
    if (result.exitCode === 0 && !result.timedOut) return
    throw failed(`${program}: ${mask(reasonOf(result, options.limits), uri)}`)
  }

/** Behind `prlimit --fsize=N` stands what is meant. */
const programOf = ({ argv: [first, , limited] }: FetchCommand): string =>
  first === 'prlimit' && limited !== undefined ? limited : first

const refuseMissing = async (program: string, uri: RemoteUri, searchPath: string): Promise<void> => {
  if ((await missingOf([program], searchPath)).length === 0) return
  const name = packageOf(program)
  const message =
    uri.kind === 'program'
      ? `the method "${uri.method}" is not known, and there is no program ${program} for it`
      : `the program ${program} is not there${name === undefined ? '' : `; install the package ${name}`}`
  throw new SourceError(message, ORIGIN, { code: 'config-space-method' })
}

const reasonOf = ({ exitCode, timedOut, tail }: CommandResult, limits: FetchLimits): string => {
  if (timedOut) return `it did not end within ${limits.seconds} s`
  if (exitCode === TOO_LARGE || tail.some(line => /file too large/i.test(line))) {
    return 'what it makes is larger than a config space may be'
  }
  const lines = tail.filter(line => line.trim() !== '')
  const fault = lines.findIndex(line => FAULT.test(line))
  // git says in the lines behind what it could not do and why.
  const said = (fault === -1 ? lines.slice(-1) : lines.slice(fault, fault + 3)).join(' ')
  return `${said} (exit code ${exitCode})`.trimStart()
}

/** ssh begins with `USER@HOST: ` where it is refused; what scp says behind that is only that the connection is gone. */
const FAULT = /^(?:(?:fatal|error|abort|ssh|scp|curl|svn|cvs|tar|xz|gzip|zstd)\b|\S+@\S+: )/

const mask = (text: string, { secrets }: RemoteUri): string =>
  secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text)

const ORIGIN = { kind: 'option', option: '--config-space' } as const

const failed = (message: string): SourceError =>
  new SourceError(message, ORIGIN, { code: 'config-space-fetch' })
