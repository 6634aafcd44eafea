import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type NetConnectOpts } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { PATIENCE_MS } from './patience.ts'

const POLL_MS = 50

/** Starts a server, waits until it listens on a TCP port of 127.0.0.1, and gives the function that ends it. */
export const startListening = async (
  [file, ...args]: readonly [string, ...string[]],
  port: number,
): Promise<() => Promise<void>> => {
  const server = spawn(file, args, { stdio: 'ignore' })
  await untilListening(server, [{ host: '127.0.0.1', port }])
  return () => endProgram(server)
}

/** Resolves once a server takes connections at each place; where it ends before, or is not ready in time, it is ended and this rejects. */
export const untilListening = async (
  server: ChildProcess,
  places: readonly NetConnectOpts[],
): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS
  for (const place of places) {
    while (!(await isOpen(place))) {
      if (isRunning(server) && performance.now() < deadline) await delay(POLL_MS)
      else {
        await endProgram(server)
        throw new Error(`${server.spawnfile} does not listen at ${JSON.stringify(place)}`)
      }
    }
  }
}

/** Asks a program to end, and waits until it is gone. */
export const endProgram = async (program: ChildProcess): Promise<void> => {
  if (!isRunning(program)) return
  const ended = once(program, 'exit')
  program.kill()
  await ended
}

const isRunning = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid !== undefined && exitCode === null && signalCode === null

const isOpen = async (place: NetConnectOpts): Promise<boolean> => {
  const socket = connect(place)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
