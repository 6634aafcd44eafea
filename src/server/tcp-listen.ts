import { once } from 'node:events'
import type { Server } from 'node:net'
import type { ServerAddress } from '../model/server-address.ts'
import { listenError } from './listen-error.ts'

/** Has a server listen at an address; rejects with `EnvironmentError` where that cannot be. */
export const listenTcp = async (server: Server, { host, port }: ServerAddress): Promise<void> => {
  try {
    const listening = once(server, 'listening')
    server.listen(port, host)
    await listening
  } catch (cause) {
    throw listenError({ host, port }, 'TCP', cause)
  }
}

/** Ends connections of an address that has enough of them, so that no client keeps all others out. */
export const limitAddresses = (server: Server, most: number): void => {
  const counts = new Map<string, number>()
  server.on('connection', socket => {
    const address = socket.remoteAddress ?? ''
    const count = (counts.get(address) ?? 0) + 1
    counts.set(address, count)
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1
      if (left === 0) counts.delete(address)
      else counts.set(address, left)
    })
    if (count > most) socket.destroy()
  })
}
