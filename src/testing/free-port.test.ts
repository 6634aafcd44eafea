import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { freePort, isFreePort } from './free-port.ts'

/** So many that processes which begin together come to each other's. */
const MANY = 60

/** A process that prints ports that it was given, and keeps them until it is killed. */
const startAnother = () => {
  const module = pathToFileURL(join(import.meta.dirname, 'free-port.ts')).href
  const program = `
    const { freePort } = await import(${JSON.stringify(module)})
    for (let count = 0; count < ${MANY}; count++) console.log(await freePort())
    process.stdin.resume()`
  const words = ['--input-type=module', '-e', program]
  return spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] })
}

const readPorts = async ({ stdout }: ReturnType<typeof startAnother>): Promise<readonly number[]> => {
  const ports: number[] = []
  for await (const line of createInterface(stdout)) {
    if (ports.push(Number(line)) === MANY) break
  }
  return ports
}

const kill = async (child: ChildProcess): Promise<void> => {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

const ownPorts = async (): Promise<readonly number[]> => {
  const ports: number[] = []
  while (ports.length < MANY) ports.push(await freePort())
  return ports
}

t.test('no port twice, neither here nor in processes beside', async t => {
  const children = [startAnother(), startAnother()]
  t.teardown(() => Promise.all(children.map(kill)))
  const ports = (await Promise.all([ownPorts(), ...children.map(readPorts)])).flat()
  t.equal(new Set(ports).size, 3 * MANY)
})

t.test('what a program listens at is not free, be it UDP or TCP', async t => {
  const port = await freePort()
  t.equal(await isFreePort(port), true)
  const udp = createSocket('udp4').bind(port, '127.0.0.1')
  await once(udp, 'listening')
  t.equal(await isFreePort(port), false)
  udp.close()
  await once(udp, 'close')
  const tcp = createServer().listen(port, '127.0.0.1')
  t.teardown(() => tcp.close())
  await once(tcp, 'listening')
  t.equal(await isFreePort(port), false)
})
