import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { startUdpProxy } from './udp-proxy.ts'

/** A proxy of a test on a free port of 127.0.0.1 that passes questions on in rounds. */
export type RoundProxy = {
  /** `127.0.0.1:PORT`. */
  readonly server: string
  /** How often something was passed on: the round trips that whoever asks had to wait for. */
  readonly rounds: () => number
  readonly stop: () => Promise<void>
}

/** Who has all answers asks within this time what they lead to, if anything. */
const QUIET_MS = 100
const QUIET_TURNS = 10

/** Holds questions until every one that was passed on is answered and nobody asks more; then all of them are one round. */
const inRounds = () => {
  const held: { readonly questions: number; readonly pass: () => void }[] = []
  let rounds = 0
  let open = 0
  let heard = 0
  let timer: NodeJS.Timeout | undefined
  const release = (): void => {
    if (open > 0 || held.length === 0) return
    const passed = held.splice(0)
    open = passed.reduce((sum, { questions }) => sum + questions, 0)
    // Nobody waits for an unbind, and half a message asks nothing yet.
    if (open > 0) rounds += 1
    for (const { pass } of passed) pass()
  }
  // After a pause of this program timers run before it reads what has come meanwhile.
  const releaseAfter = (turns: number, heardThen: number): void => {
    if (heard !== heardThen) return
    if (turns === 0) release()
    else setImmediate(releaseAfter, turns - 1, heardThen)
  }
  const hear = (): void => {
    heard += 1
    clearTimeout(timer)
    timer = setTimeout(releaseAfter, QUIET_MS, QUIET_TURNS, heard)
  }
  return {
    ask: (questions: number, pass: () => void): void => {
      held.push({ questions, pass })
      hear()
    },
    answer: (answers: number, pass: () => void): void => {
      open -= answers
      pass()
      hear()
    },
    rounds: () => rounds,
    stop: () => clearTimeout(timer),
  }
}

/** A proxy for DNS over UDP. */
export const startDnsRounds = async (port: number): Promise<RoundProxy> => {
  const gate = inRounds()
  const proxy = await startUdpProxy(
    port,
    pass => gate.ask(1, pass),
    pass => gate.answer(1, pass),
  )
  const stop = async (): Promise<void> => {
    gate.stop()
    await proxy.stop()
  }
  return { server: proxy.server, rounds: gate.rounds, stop }
}

/** A proxy for LDAP in the clear. */
export const startLdapRounds = async (port: number): Promise<RoundProxy> => {
  const gate = inRounds()
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const behind = connect(port, '127.0.0.1')
    for (const socket of [client, behind]) sockets.add(socket.on('error', () => socket.destroy()))
    const [questions, answers] = [operationCounter(QUESTIONS), operationCounter(ANSWERS)]
    client.on('close', () => behind.destroy())
    client.on('data', bytes => gate.ask(questions(bytes), () => behind.write(bytes)))
    behind.on('data', bytes => gate.answer(answers(bytes), () => client.write(bytes)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: own } = server.address() as AddressInfo
  const stop = async (): Promise<void> => {
    gate.stop()
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  }
  return { server: `127.0.0.1:${own}`, rounds: gate.rounds, stop }
}

/** Tags of bind and search, and of what ends the answers to them (RFC 4511, section 4). */
const QUESTIONS: ReadonlySet<number> = new Set([0x60, 0x63])
const ANSWERS: ReadonlySet<number> = new Set([0x61, 0x65])

/** Counts messages of some kinds in a stream: `30 LENGTH 02 LENGTH id TAG ...`, in BER. */
const operationCounter = (tags: ReadonlySet<number>) => {
  let left: Buffer = Buffer.alloc(0)
  return (bytes: Buffer): number => {
    left = Buffer.concat([left, bytes])
    let count = 0
    for (let end = messageEnd(left); end !== undefined; end = messageEnd(left)) {
      const id = bodyStart(left)
      if (tags.has(left[id + 2 + (left[id + 1] ?? 0)] ?? 0)) count += 1
      left = left.subarray(end)
    }
    return count
  }
}

/** Behind the tag and the length, which is one octet, or says how many octets it is. */
const bodyStart = (bytes: Buffer): number => {
  const first = bytes[1] ?? 0
  return first < 0x80 ? 2 : 2 + (first & 0x7f)
}

/** Where the first message ends; undefined where it is not all there. */
const messageEnd = (bytes: Buffer): number | undefined => {
  const start = bodyStart(bytes)
  if (bytes.length < Math.max(2, start)) return undefined
  const length = start === 2 ? (bytes[1] ?? 0) : bytes.readUIntBE(2, start - 2)
  return bytes.length < start + length ? undefined : start + length
}
