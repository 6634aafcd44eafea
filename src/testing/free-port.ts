import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** A port of 127.0.0.1 that is free for UDP and TCP now. */
export const freePort = async (): Promise<number> => {
  const tcp = createServer().listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  const address = tcp.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const udp = createSocket('udp4')
  try {
    udp.bind(port, '127.0.0.1')
    await once(udp, 'listening')
    return port
  } finally {
    udp.close()
    tcp.close()
    await once(tcp, 'close')
  }
}
