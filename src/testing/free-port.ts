import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'

/** Below are the ports of well-known servers. */
const LOWEST = 10_000
const HIGHEST = 65_535
/** Tests that begin side by side have neighbouring process ids, and begin to look so far from each other. */
const STRIDE = 16

/**
 * A port that is free for UDP and TCP on 127.0.0.1, and that nobody else takes: it is none of those that the kernel gives
 * to whoever asks for any (`ip_local_port_range`, ip(7)), and it is never given out twice while this process runs, here or in
 * another test beside it. For that each process holds an abstract socket named after the port (unix(7)): only one
 * can, and the kernel takes it away with the process, however that ends. Throws where every port is taken.
 */
export const freePort = async (): Promise<number> => {
  const ports = fixedPorts()
  for (const offset of ports.keys()) {
    const port = ports[(process.pid * STRIDE + offset) % ports.length] ?? 0
    if ((await hold(port)) && (await isFreePort(port))) return port
  }
  throw new Error('no port is free')
}

/** Ports that are nobody's unless somebody names them. */
const fixedPorts = (): readonly number[] => {
  const [first = 0, last = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    .split('\t')
    .map(Number)
  const ports = Array.from({ length: HIGHEST - LOWEST + 1 }, (_, index) => LOWEST + index)
  return ports.filter(port => port < first || port > last)
}

/** Takes a port for this process; false where a test has it, be it this one. */
const hold = async (port: number): Promise<boolean> => {
  const lock = createServer().unref().listen(`\0fai-classes-port-${port}`)
  return isListening(once(lock, 'listening'))
}

/** Whether nobody listens there, by UDP or TCP, on 127.0.0.1 or on every address. */
export const isFreePort = async (port: number): Promise<boolean> => {
  const tcp = createServer().listen(port, '127.0.0.1')
  const udp = createSocket('udp4').bind(port, '127.0.0.1')
  const isOurs = await isListening(Promise.all([once(tcp, 'listening'), once(udp, 'listening')]))
  const closed = Promise.all([once(tcp, 'close'), once(udp, 'close')])
  tcp.close()
  udp.close()
  await closed
  return isOurs
}

const isListening = (listening: Promise<unknown>): Promise<boolean> =>
  listening.then(
    () => true,
    () => false,
  )
