import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy of a test, on a free port of 127.0.0.1. */
export type CuttingProxy = {
  /** `127.0.0.1:PORT`. */
  readonly server: string
  readonly port: number
  readonly stop: () => Promise<void>
}

/** When to harm a connection, by the octets that came back from the server. */
export type Harm = {
  /** Closes it after so many of them. */
  readonly cutAfter?: number
  /** Goes on after so many of them as if the network had eaten the rest. */
  readonly silentAfter?: number
  /** Hears what the client sends, which is passed on in any case. */
  readonly onSent?: (bytes: Buffer) => void
  /** Called once, when so many have passed, before any more does. */
  readonly pauseAfter?: { readonly octets: number; readonly run: () => Promise<void> }
}

/** Passes every connection on to `127.0.0.1:port`, and harms it as told. */
export const startCuttingProxy = async (port: number, harm: Harm): Promise<CuttingProxy> => {
  const sockets = new Set<Socket>()
  let paused = false
  const server = createServer(client => {
    const behind = connect(port, '127.0.0.1')
    for (const socket of [client, behind]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    client.on('close', () => behind.destroy())
    behind.on('close', () => client.destroy())
    client.pipe(behind)
    client.on('data', bytes => harm.onSent?.(bytes))
    let passed = 0
    behind.on('data', async bytes => {
      const end = harm.cutAfter ?? harm.silentAfter ?? Number.POSITIVE_INFINITY
      const part = bytes.subarray(0, Math.max(0, end - passed))
      passed += bytes.length
      if (harm.pauseAfter !== undefined && passed >= harm.pauseAfter.octets && !paused) {
        paused = true
        behind.pause()
        await harm.pauseAfter.run()
        behind.resume()
      }
      client.write(part, () => {
        if (harm.cutAfter !== undefined && passed >= harm.cutAfter) client.destroy()
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: own } = server.address() as AddressInfo
  return {
    server: `127.0.0.1:${own}`,
    port: own,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
