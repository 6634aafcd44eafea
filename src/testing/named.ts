import { type ChildProcess, spawn } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TsigKey } from '../model/tsig-key.ts'
import { freePort } from './free-port.ts'
import { endProgram } from './listening-program.ts'
import { PATIENCE_MS } from './patience.ts'
import { PORT_IN_USE, readyLine } from './ready-line.ts'
import { runProgram } from './run-program.ts'

/** A zone for a test: its text or a master file, which is copied, and what else stands in its clause. */
export type NamedZone = {
  readonly name: string
  /** For example `allow-update { key k; };`. */
  readonly statements?: string
} & ({ readonly text: string } | { readonly path: string })

/** What a named of a test is started with. */
export type NamedOptions = {
  readonly zones: readonly NamedZone[]
  readonly keys?: readonly TsigKey[]
  /** More statements of the `options` clause. */
  readonly statements?: string
  /** Answers for others too, and validates below its trust anchors. */
  readonly resolver?: boolean
  /** More clauses, beside `options`. */
  readonly clauses?: string
  /** Command in front, such as one that enters a network namespace. */
  readonly enter?: readonly string[]
  /** Listens there too. */
  readonly address?: string
}

/** A running named; `dir` holds its zones and is removed by `stop`. */
export type Named = {
  readonly port: number
  /** `127.0.0.1:PORT`. */
  readonly server: string
  readonly dir: string
  /** Everything it logged so far. */
  readonly log: () => string
  /** Reads changed zones again (SIGHUP); resolves once all of them are loaded. */
  readonly reload: () => Promise<void>
  readonly stop: () => Promise<void>
}

const PORT_ATTEMPTS = 5

/**
 * Starts a real named (Debian's bind9) in the foreground on a free port of 127.0.0.1,
 * as the current user and without a control channel. Resolves once it answers; rejects
 * with its log where it does not start.
 */
export const startNamed = async (options: NamedOptions): Promise<Named> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options, await freePort())
    } catch (error) {
      // Somebody else may have taken the port in between.
      if (attempt === PORT_ATTEMPTS || !PORT_IN_USE.test(String(error))) throw error
    }
  }
}

const startOnce = async (options: NamedOptions, port: number): Promise<Named> => {
  const { enter = [] } = options
  const dir = await mkdtemp(join(tmpdir(), 'named-'))
  let child: ChildProcess | undefined
  let log = ''
  let onReloaded = (): void => {}
  const stop = async (): Promise<void> => {
    if (child !== undefined) await endProgram(child)
    await rm(dir, { recursive: true, force: true })
  }
  try {
    await writeFile(join(dir, 'named.conf'), renderConfig(options, dir, port), { mode: 0o600 })
    for (const zone of options.zones) await writeZone(zone, dir)
    const [program = '', ...words] = [...enter, 'named', '-g', '-n', '1', '-c', join(dir, 'named.conf')]
    child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] })
    await readyLine(child, / running$/, line => {
      log += `${line}\n`
      if (line.includes('all zones loaded')) onReloaded()
    })
    const reload = async (): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>()
      onReloaded = resolve
      child?.kill('SIGHUP')
      await promise
    }
    await ask(options.zones[0]?.name ?? '.', port, enter)
    return { port, server: `127.0.0.1:${port}`, dir, log: () => log, reload, stop }
  } catch (cause) {
    await stop()
    throw new Error(`named did not start: ${String(cause)}\n${log}`, { cause })
  }
}

const writeZone = async (zone: NamedZone, dir: string): Promise<void> =>
  'text' in zone
    ? writeFile(join(dir, fileOf(zone)), zone.text)
    : copyFile(zone.path, join(dir, fileOf(zone)))

/** A zone of RFC 2317 may have a slash in its name. */
const fileOf = ({ name }: NamedZone): string => `${name.replaceAll('/', '_')}.zone`

const renderConfig = (
  { zones, keys = [], statements = '', resolver = false, clauses = '', address }: NamedOptions,
  dir: string,
  port: number,
): string =>
  [
    ...keys.map(
      ({ name, algorithm, secret }) =>
        `key "${name}" { algorithm ${algorithm}; secret "${secret.toString('base64')}"; };`,
    ),
    'controls { };',
    'options {',
    `  directory "${dir}"; pid-file none; session-keyfile "${dir}/session.key";`,
    `  managed-keys-directory "${dir}"; listen-on port ${port} { ${[...(address === undefined ? [] : [address]), '127.0.0.1'].join('; ')}; }; listen-on-v6 { none; };`,
    `  recursion ${resolver ? 'yes' : 'no'}; dnssec-validation ${resolver ? 'yes' : 'no'};`,
    '  empty-zones-enable no; notify no; allow-transfer { none; };',
    `  ${statements}`,
    '};',
    clauses,
    ...zones.map(
      zone => `zone "${zone.name}" { type primary; file "${fileOf(zone)}"; ${zone.statements ?? ''} };`,
    ),
    '',
  ].join('\n')

/** Rejects where no answer comes. */
const ask = async (zone: string, port: number, enter: readonly string[]): Promise<void> => {
  const [program = '', ...words] = [...enter, 'dig', '@127.0.0.1', '-p', String(port)]
  await runProgram(program, [...words, '+norecurse', '+tries=1', `+time=${PATIENCE_MS / 1000}`, zone, 'SOA'])
}
