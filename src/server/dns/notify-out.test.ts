import { createSocket, type RemoteInfo } from 'node:dgram'
import { EventEmitter, once } from 'node:events'
import t, { type Test } from 'tap'
import type { TsigKey } from '../../model/tsig-key.ts'
import { type ListsByHost, listZone } from '../../testing/list-zone.ts'
import { decodeMessage, encodeMessage, OPCODE } from '../../wire/dns/message.ts'
import { decodeRdata } from '../../wire/dns/rdata.ts'
import { recordType } from '../../wire/dns/record-type.ts'
import { answerSigner, verifyRequest } from '../../wire/dns/tsig-answer.ts'
import { formatTransaction } from '../transaction.ts'
import { type NotifyTimes, openNotifier } from './notify-out.ts'

const ZONE = 'fai.example.test'
const NOW = 1_795_000_000
const key: TsigKey = { name: 'knot.example.test', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7) }
const lists = (className: string): ListsByHost =>
  new Map([['web01', ['DEFAULT', className, 'web01', 'LAST']]])

type Answer = (bytes: Buffer) => Buffer | undefined

const acknowledge = (bytes: Buffer, rcode = 0): Buffer =>
  encodeMessage({ ...decodeMessage(bytes), isResponse: true, rcode, answers: [], additionals: [] })

/** A secondary that answers as it is told, and the notifier that tells it. */
const open = async (t: Test, answer: Answer, over: Partial<NotifyTimes> = {}, withKey?: TsigKey) => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const said = new EventEmitter<{ line: [string]; message: [Buffer] }>()
  const lines: string[] = []
  socket.on('message', (bytes: Buffer, { port }: RemoteInfo) => {
    const answered = answer(bytes)
    if (answered !== undefined) socket.send(answered, port, '127.0.0.1')
    said.emit('message', bytes)
  })
  let serial = 0
  const zone = listZone(ZONE, lists('A'), () => ++serial)
  const server = { host: '127.0.0.1', port: socket.address().port }
  const notifier = openNotifier({
    zone,
    secondaries: [{ server, ...(withKey && { key: withKey }) }],
    localAddress: '127.0.0.1',
    report: transaction => {
      lines.push(formatTransaction(transaction).replace(`:${server.port}`, ''))
      said.emit('line', lines.at(-1) as string)
    },
    now: () => NOW * 1000,
    times: { gapMs: 1, waitsMs: [10_000], ...over },
  })
  t.teardown(async () => {
    await notifier.close()
    socket.close()
  })
  const next = async <K extends 'line' | 'message'>(what: K): Promise<K extends 'line' ? string : Buffer> =>
    (await once(said, what))[0]
  return { zone, next, lines, notifier }
}

const serialOf = (bytes: Buffer): number | undefined => {
  const [soa] = decodeMessage(bytes).answers
  const rdata = soa && decodeRdata(bytes, soa)
  return rdata?.kind === 'soa' ? rdata.serial : undefined
}

t.test('at the start and after a change: the SOA, with AA, as a question and an answer', async t => {
  const { zone, next } = await open(t, bytes => acknowledge(bytes))
  const first = await next('message')
  t.match(decodeMessage(first), {
    opcode: OPCODE.notify,
    isResponse: false,
    authoritative: true,
    questions: [{ name: ZONE, type: recordType('SOA'), dnsClass: 1 }],
  })
  t.equal(serialOf(first), 1)
  t.equal(await next('line'), 'dns 127.0.0.1 NOTIFY acknowledged serial 1')
  zone.publish(lists('B'))
  t.equal(serialOf(await next('message')), 2)
})

t.test('changes while one is under way are told together, by one message', async t => {
  const serials: (number | undefined)[] = []
  const { zone, next } = await open(
    t,
    bytes => {
      serials.push(serialOf(bytes))
      // The first one is lost on its way back.
      return serials.length === 1 ? undefined : acknowledge(bytes)
    },
    { waitsMs: [50, 10_000] },
  )
  await next('message')
  for (const className of ['B', 'C', 'D']) zone.publish(lists(className))
  while (serials.at(-1) !== 4) await next('message')
  t.strictSame(serials, [1, 1, 4])
})

t.test('a signed one is believed by its secondary, and its signed answer by us', async t => {
  const signed: Answer = bytes => {
    const verdict = verifyRequest(bytes, decodeMessage(bytes), [key], NOW)
    return verdict.ok ? answerSigner(verdict)(acknowledge(bytes), NOW) : undefined
  }
  const { next } = await open(t, signed, {}, key)
  t.equal(await next('line'), 'dns 127.0.0.1 NOTIFY acknowledged serial 1')
})

const otherId = (bytes: Buffer): Buffer => {
  const answer = acknowledge(bytes)
  answer.writeUInt16BE((answer.readUInt16BE(0) + 1) & 0xffff)
  return answer
}

const faults: Record<string, { answer: Answer; withKey?: TsigKey; want: string }> = {
  'no answer': { answer: () => undefined, want: 'no answer' },
  'an answer to another message': { answer: otherId, want: 'no answer' },
  'our own message back': { answer: bytes => bytes, want: 'no answer' },
  'what is no message': { answer: () => Buffer.from('hello'), want: 'no answer' },
  'an answer that is not signed': {
    answer: bytes => acknowledge(bytes),
    withKey: key,
    want: 'the answer is not signed',
  },
}

for (const [title, { answer, withKey, want }] of Object.entries(faults)) {
  t.test(`${title}: sent again so many times, and then one line`, async t => {
    let messages = 0
    const counting: Answer = bytes => {
      messages += 1
      return answer(bytes)
    }
    const { next } = await open(t, counting, { waitsMs: [20, 40, 500], gapMs: 60_000 }, withKey)
    t.equal(await next('line'), `dns 127.0.0.1 NOTIFY failed serial 1: ${want}`)
    while (messages < 3) await next('message')
    t.equal(messages, 3)
  })
}

t.test('a refusal is told at once; a fault is a line once, and its end another', async t => {
  let rcode = 5
  const { zone, next, lines } = await open(t, bytes => acknowledge(bytes, rcode))
  await next('line')
  for (const className of ['B', 'C']) {
    zone.publish(lists(className))
    await next('message')
  }
  rcode = 0
  zone.publish(lists('D'))
  await next('line')
  t.strictSame(lines, [
    'dns 127.0.0.1 NOTIFY failed serial 1: REFUSED',
    'dns 127.0.0.1 NOTIFY acknowledged serial 4',
  ])
})

t.test('closing waits for nobody, and is no fault of a secondary', async t => {
  const { lines, next, notifier } = await open(t, () => undefined)
  await next('message')
  await notifier.close()
  t.strictSame(lines, [])
})
