import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP server on a free port of 127.0.0.1 for the time of `use`, which gets its address with a `/` at the end. */
export const withHttpServer = async <T>(
  answer: RequestListener,
  use: (address: string) => Promise<T>,
): Promise<T> => {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  } finally {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
}
