import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { TsigKey } from '../model/tsig-key.ts'
import { freePort } from './free-port.ts'
import { endProgram } from './listening-program.ts'
import { PATIENCE_MS } from './patience.ts'
import { PORT_IN_USE, readyLine } from './ready-line.ts'
import { runProgram } from './run-program.ts'

/** A name server of a test that carries one zone of a primary, and gives it to 127.0.0.1. */
export type SecondaryServer = {
  readonly name: string
  readonly port: number
  /** Of its first process. */
  readonly pid: () => number
  /** Everything it logged so far. */
  readonly log: () => string
  /** Resolves once it answers with the serial. */
  readonly untilSerial: (serial: number) => Promise<void>
  /** The data of a record set as dig prints them; empty where there is none. */
  readonly readAnswer: (name: string, type: string) => Promise<string>
  /** Ends, and starts again with what it has on its disk. */
  readonly down: () => Promise<void>
  readonly up: () => Promise<void>
  /** For good; its directory is removed. */
  readonly stop: () => Promise<void>
}

/** Whom it carries which zone for. */
export type SecondaryOptions = {
  readonly zone: string
  readonly primaryPort: number
  readonly key?: TsigKey
}

/** What a kind of server needs to carry a zone from 127.0.0.1. */
export type SecondaryKind = {
  readonly name: string
  readonly config: (options: SecondaryOptions & { readonly port: number }, dir: string) => string
  /** Its words in the foreground, with its log on the standard error. */
  readonly command: (configFile: string) => readonly string[]
  /** The line of the log that says it runs. */
  readonly ready: RegExp
}

const POLL_MS = 100
const PORT_ATTEMPTS = 5

/** Starts a secondary on a free port, as the current user and in a directory of its own; rejects with its log where it does not start. */
export const startSecondary = async (
  kind: SecondaryKind,
  options: SecondaryOptions,
): Promise<SecondaryServer> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(kind, { ...options, port: await freePort() })
    } catch (error) {
      // Somebody else may have taken the port in between.
      if (attempt === PORT_ATTEMPTS || !PORT_IN_USE.test(String(error))) throw error
    }
  }
}

const startOnce = async (
  kind: SecondaryKind,
  options: SecondaryOptions & { readonly port: number },
): Promise<SecondaryServer> => {
  const dir = await mkdtemp(join(tmpdir(), `${kind.name}-`))
  const configFile = join(dir, `${kind.name}.conf`)
  await writeFile(configFile, kind.config(options, dir), { mode: 0o600 })
  let child: ChildProcess | undefined
  let log = ''
  const down = async (): Promise<void> => {
    if (child !== undefined) await endProgram(child)
  }
  const up = async (): Promise<void> => {
    const [program = '', ...words] = kind.command(configFile)
    child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'], cwd: dir })
    await readyLine(child, kind.ready, line => {
      log += `${line}\n`
    })
  }
  const ask = (name: string, type: string): Promise<string> => askAt(options.port, name, type)
  const stop = async (): Promise<void> => {
    await down()
    await rm(dir, { recursive: true, force: true })
  }
  try {
    await up()
  } catch (cause) {
    await stop()
    throw new Error(`${kind.name} did not start: ${String(cause)}\n${log}`, { cause })
  }
  return {
    name: kind.name,
    port: options.port,
    pid: () => child?.pid ?? 0,
    log: () => log,
    untilSerial: async serial => {
      const deadline = performance.now() + PATIENCE_MS
      while (performance.now() < deadline) {
        if ((await ask(options.zone, 'SOA')).split(' ')[2] === String(serial)) return
        await delay(POLL_MS)
      }
      throw new Error(`${kind.name} has not serial ${serial}:\n${log}`)
    },
    readAnswer: ask,
    down,
    up,
    stop,
  }
}

/** The data of an answer; empty where there is none yet. */
const askAt = async (port: number, name: string, type: string): Promise<string> =>
  (
    await runProgram('dig', [
      '@127.0.0.1',
      '-p',
      String(port),
      '+short',
      '+tcp',
      '+tries=1',
      name,
      type,
    ]).catch(() => '')
  ).trim()
