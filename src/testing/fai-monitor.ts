import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { unpackFaiServer } from './fai-server.ts'
import { freePort } from './free-port.ts'
import { PATIENCE_MS } from './patience.ts'

/** Debian's fai-monitor at work. */
export type FaiMonitor = {
  readonly port: number
  /** The lines that clients sent, once one of them is `last`. */
  linesUntil(last: string): Promise<readonly string[]>
  stop(): Promise<void>
}

/** Starts the program of Debian's fai-server, which is not installed: alone it needs nothing but Perl. It listens on loopback. */
export const startFaiMonitor = async (): Promise<FaiMonitor> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-monitor-'))
  const program = join(directory, 'fai-monitor')
  const log = join(directory, 'log')
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  try {
    await writeFile(program, await readProgram(directory))
    const port = await freePort()
    const child = spawn('perl', [program, '-p', String(port), '-l', log], { stdio: 'ignore' })
    const ended = once(child, 'exit')
    const stop = async (): Promise<void> => {
      child.kill()
      await ended
      await remove()
    }
    await waitFor(log, 'started on port')
    const linesUntil = async (last: string): Promise<readonly string[]> =>
      (await waitFor(log, `${last}\n`)).split('\n').filter(line => !/^FAI monitoring|^$/.test(line))
    return { port, linesUntil, stop }
  } catch (error) {
    await remove()
    throw error
  }
}

/** FAI's program listens on every address; a test does not. */
const readProgram = async (directory: string): Promise<string> => {
  const root = await unpackFaiServer(directory)
  const text = await readFile(join(root, 'usr/sbin/fai-monitor'), 'utf8')
  return text.replace('INADDR_ANY', 'INADDR_LOOPBACK')
}

const waitFor = async (path: string, text: string): Promise<string> => {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await delay(50)) {
    const found = await readFile(path, 'utf8').catch(() => '')
    if (found.includes(text)) return found
  }
  throw new Error(`"${text.trim()}" is not in ${path}: ${await readFile(path, 'utf8').catch(() => '')}`)
}
