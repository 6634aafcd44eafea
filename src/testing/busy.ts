import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Servers on ports of 127.0.0.1 in a thread of their own, so that they answer while ours is busy. */
export type EchoServers = { readonly udp: number; readonly tcp: number; readonly stop: () => Promise<void> }

const SERVERS = `
const { parentPort } = require('node:worker_threads')
const answer = send => {
  parentPort.postMessage('asked')
  setTimeout(send, 100)
}
const udp = require('node:dgram').createSocket('udp4')
udp.on('message', (bytes, { port, address }) => answer(() => udp.send(bytes, port, address)))
const tcp = require('node:net').createServer(socket => {
  socket.on('error', () => {})
  socket.on('data', bytes => answer(() => socket.write(bytes)))
})
udp.bind(0, '127.0.0.1', () => tcp.listen(0, '127.0.0.1', () =>
  parentPort.postMessage({ udp: udp.address().port, tcp: tcp.address().port })))
`

/** Starts servers that send back what they get after 100 ms; from each question on this thread is busy for `busyMs`. */
export const startEchoServers = async (busyMs: number): Promise<EchoServers> => {
  const worker = new Worker(SERVERS, { eval: true })
  const [ports] = (await once(worker, 'message')) as [{ udp: number; tcp: number }]
  worker.on('message', () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyMs)
  })
  return {
    ...ports,
    stop: async () => {
      await worker.terminate()
    },
  }
}
