import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const START_TRIES = 200

/** Starts a server, waits until it listens on a TCP port of 127.0.0.1, and gives the function that ends it. */
export const startListening = async (
  [file, ...args]: readonly [string, ...string[]],
  port: number,
): Promise<() => Promise<void>> => {
  const server = spawn(file, args, { stdio: 'ignore' })
  const ended = once(server, 'exit')
  const stop = async (): Promise<void> => {
    server.kill()
    await ended
  }
  for (let tries = 0; !(await isOpen(port)); tries += 1) {
    if (tries === START_TRIES || server.exitCode !== null) {
      await stop()
      throw new Error(`${file} does not listen on port ${port}`)
    }
    await delay(50)
  }
  return stop
}

const isOpen = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
