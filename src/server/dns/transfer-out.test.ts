import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import type { TsigKey } from '../../model/tsig-key.ts'
import { openAnywhere } from '../../testing/dns-server.ts'
import { type ListsByHost, type ListZone, listZone } from '../../testing/list-zone.ts'
import { DNS_CLASS } from '../../wire/dns/dns-class.ts'
import { blankHeader, decodeMessage, encodeMessage, OPCODE, type WireRecord } from '../../wire/dns/message.ts'
import { EDNS_RECORD } from '../../wire/dns/query.ts'
import { formatRcode } from '../../wire/dns/rcode.ts'
import { decodeRdata } from '../../wire/dns/rdata.ts'
import { formatRecordType, recordType } from '../../wire/dns/record-type.ts'
import { encodeSoa } from '../../wire/dns/soa.ts'
import { frameMessage, takeMessages } from '../../wire/dns/stream.ts'
import { signMessage } from '../../wire/dns/tsig.ts'
import { tsigStream } from '../../wire/dns/tsig-stream.ts'
import { formatTransaction } from '../transaction.ts'
import { queryCounts } from './query-counts.ts'
import type { Secondary } from './secondary.ts'
import { openTransferOut, type TransferOutOptions } from './transfer-out.ts'

const ZONE = 'fai.example.test'
const NOW = 1_795_000_000
const key: TsigKey = { name: 'nsd.example.test', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7) }
const byAddress: readonly Secondary[] = [{ server: { host: '127.0.0.1', port: 53 } }]
const byKey: readonly Secondary[] = [{ server: { host: '127.0.0.1', port: 53 }, key }]

/** So many hosts with one class each. */
const fleet = (hosts: number, className: string): ListsByHost =>
  new Map(Array.from({ length: hosts }, (_, i) => [`web${i}`, ['DEFAULT', className, `web${i}`, 'LAST']]))

const counting = (): (() => number) => {
  let serial = 0
  return () => ++serial
}

const open = async (t: Test, over: Partial<TransferOutOptions> & { zone?: ListZone } = {}) => {
  const zone = over.zone ?? listZone(ZONE, fleet(3, 'A'), counting())
  const told = Promise.withResolvers<string>()
  const report: TransferOutOptions['report'] = transaction => told.resolve(formatTransaction(transaction))
  const now = (): number => NOW * 1000
  const out = openTransferOut({ zone, keys: [key], secondaries: byAddress, report, now, ...over })
  const server = await openAnywhere({
    listen: { host: '127.0.0.1', port: 0 },
    zone: () => undefined,
    keys: [key],
    nowSeconds: () => NOW,
    transfers: out,
    responsesPerSecond: 0,
    counts: queryCounts(),
    report: () => undefined,
  })
  t.teardown(async () => {
    await out.close()
    await server.close()
  })
  return { zone, out, port: server.address.port, firstLine: told.promise }
}

type Asked = { readonly type?: string; readonly name?: string; readonly serial?: number }

const question = ({ type = 'AXFR', name = ZONE, serial }: Asked): Buffer => {
  const times = { refreshSeconds: 1, retrySeconds: 1, expireSeconds: 1, minimumSeconds: 1 }
  const soa = (value: number): WireRecord =>
    encodeSoa(name, 0, { primary: '', mailbox: '', serial: value, ...times })
  return encodeMessage({
    ...blankHeader(7, OPCODE.query),
    questions: [{ name, type: recordType(type), dnsClass: DNS_CLASS.in }],
    answers: [],
    authorities: serial === undefined ? [] : [soa(serial)],
    additionals: [EDNS_RECORD],
  })
}

/** The messages of an answer, until the connection closes or `isWhole`. */
const exchange = async (
  port: number,
  query: Buffer,
  isWhole: (messages: readonly Buffer[]) => boolean,
): Promise<readonly Buffer[]> => {
  const socket = connect(port, '127.0.0.1')
  socket.write(frameMessage(query))
  let received: Buffer = Buffer.alloc(0)
  for await (const bytes of socket) {
    received = Buffer.concat([received, bytes])
    const { messages } = takeMessages(received)
    if (isWhole(messages)) break
  }
  return takeMessages(received).messages
}

/** Serials of SOA records as numbers, of others the owner and text: the whole answer in a form that is easily read. */
const shown = (messages: readonly Buffer[]): (number | string)[] =>
  messages.flatMap(bytes => {
    const message = decodeMessage(bytes)
    if (message.rcode !== 0) return [formatRcode(message.rcode)]
    return message.answers.map(record => {
      const rdata = decodeRdata(bytes, record)
      if (rdata.kind === 'soa') return rdata.serial
      return rdata.kind === 'text' ? rdata.strings.join(' ') : formatRecordType(record.type)
    })
  })

const endsLikeBegun = (messages: readonly Buffer[]): boolean => {
  const all = shown(messages)
  return all.length > 1 && typeof all[0] === 'number' && all.at(-1) === all[0]
}
const isAny = (messages: readonly Buffer[]): boolean => messages.length > 0

t.test('AXFR: the whole zone between its SOA and its SOA', async t => {
  const { port, firstLine } = await open(t)
  const answer = shown(await exchange(port, question({}), endsLikeBegun))
  t.strictSame(answer, [1, 'NS', ...[0, 1, 2].map(i => `DEFAULT A web${i} LAST`), 1])
  t.equal(await firstLine, 'dns 127.0.0.1 AXFR served serial 1 whole')
})

const rows: Record<string, { asked: Asked; want: (number | string)[] }> = {
  'from a serial of the journal: the changes since': {
    asked: { serial: 1 },
    want: [3, 1, 'DEFAULT A web0 LAST', 2, 'DEFAULT B web0 LAST', 2, 'DEFAULT B web0 LAST', 3, 3],
  },
  'from the serial before: the last change': {
    asked: { serial: 2 },
    want: [3, 2, 'DEFAULT B web0 LAST', 3, 3],
  },
  'from our serial: the SOA alone': { asked: { serial: 3 }, want: [3] },
  'from a newer serial: the SOA alone': { asked: { serial: 4 }, want: [3] },
  'from a serial that is unknown: the whole zone': {
    asked: { serial: 0 },
    want: [3, 'NS', ...[1, 2, 3, 4, 5, 6, 7, 8].map(i => `DEFAULT A web${i} LAST`), 3],
  },
  'without a serial: FORMERR': { asked: {}, want: ['FORMERR'] },
  'of another zone: NOTAUTH': { asked: { name: 'example.org', serial: 1 }, want: ['NOTAUTH'] },
}

for (const [title, { asked, want }] of Object.entries(rows)) {
  t.test(`IXFR ${title}`, async t => {
    const { zone, port } = await open(t, { zone: listZone(ZONE, fleet(9, 'A'), counting()) })
    zone.publish(new Map([...fleet(9, 'A'), ...fleet(1, 'B')]))
    zone.publish(new Map([...fleet(9, 'A')].slice(1)))
    const isWhole = want.length > 1 ? endsLikeBegun : isAny
    t.strictSame(shown(await exchange(port, question({ type: 'IXFR', ...asked }), isWhole)), want)
  })
}

t.test(
  'IXFR of more changes than the zone has records, or than the journal keeps: the whole zone',
  async t => {
    for (const limits of [
      {},
      { journal: { changes: 1, octets: 1e6 } },
      { journal: { changes: 9, octets: 500 } },
    ]) {
      const { zone, port, firstLine } = await open(t, { limits })
      for (const className of ['B', 'C']) zone.publish(fleet(3, className))
      await exchange(port, question({ type: 'IXFR', serial: 1 }), endsLikeBegun)
      t.equal(await firstLine, 'dns 127.0.0.1 IXFR served serial 3 whole')
    }
  },
)

t.test('every message of a signed transfer is signed over the one before', async t => {
  const { port, firstLine } = await open(t, {
    zone: listZone(ZONE, fleet(2000, 'A'), counting()),
    secondaries: byKey,
  })
  const { bytes, mac } = signMessage(question({}), key, NOW)
  const messages = await exchange(port, bytes, endsLikeBegun)
  t.ok(messages.length > 3)
  const believe = tsigStream(key, mac)
  for (const message of messages) {
    t.strictSame(believe(message, decodeMessage(message), NOW), { ok: true, isSigned: true })
  }
  t.equal(await firstLine, 'dns 127.0.0.1 AXFR served serial 1 whole key nsd.example.test')
})

const wrongKey = { ...key, secret: Buffer.alloc(32, 8) }
const strangers: Record<
  string,
  { secondaries: readonly Secondary[]; query: Buffer; want: string; line: RegExp }
> = {
  'without a key, from an address that is nobody’s': {
    secondaries: [],
    query: question({}),
    want: 'REFUSED',
    line: /^dns 127\.0\.0\.1 AXFR refused REFUSED: neither one of serve\.dns\.tsig nor of serve\.dns\.secondaries$/,
  },
  'without a key, from the address of a secondary that has one': {
    secondaries: byKey,
    query: question({}),
    want: 'REFUSED',
    line: /AXFR refused REFUSED: neither/,
  },
  'with another secret, even from the address of a secondary': {
    secondaries: byAddress,
    query: signMessage(question({}), wrongKey, NOW).bytes,
    want: 'NOTAUTH',
    line: /AXFR refused BADSIG with key "nsd\.example\.test", hmac-sha256$/,
  },
}

for (const [title, { secondaries, query, want, line }] of Object.entries(strangers)) {
  t.test(`refused and logged: ${title}`, async t => {
    const { port, firstLine } = await open(t, { secondaries })
    t.strictSame(shown(await exchange(port, query, isAny)), [want])
    t.match(await firstLine, line)
  })
}

t.test('a change in the middle of a transfer does not mix states', async t => {
  const { zone, port } = await open(t, { zone: listZone(ZONE, fleet(5000, 'A'), counting()) })
  let published = 0
  const messages = await exchange(port, question({}), sofar => {
    if (sofar.length > 0 && published < 3) zone.publish(fleet(5000, `B${++published}`))
    return endsLikeBegun(sofar)
  })
  t.equal(zone.soa().serial, 4)
  const [first, , ...rest] = shown(messages)
  t.equal(first, 1)
  t.strictSame(
    rest.slice(0, -1),
    [...fleet(5000, 'A').values()].map(list => list.join(' ')),
  )
  t.equal(rest.at(-1), 1)
})

/** More than the buffers of both ends take. */
const long = (): ListsByHost =>
  new Map([...fleet(2000, 'A').keys()].map(host => [host, Array.from({ length: 64 }, () => 'A'.repeat(250))]))

/** Asks for the zone, and reads but the first piece of it. */
const askLazily = async (t: Test, port: number): Promise<void> => {
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.on('error', () => undefined)
  socket.write(frameMessage(question({})))
  socket.once('data', () => socket.pause())
  await once(socket, 'data')
}

t.test('one transfer more than there may be is SERVFAIL', async t => {
  const zone = listZone(ZONE, long(), counting())
  const { port, firstLine } = await open(t, { zone, limits: { transfers: 1 } })
  await askLazily(t, port)
  t.strictSame(shown(await exchange(port, question({}), isAny)), ['SERVFAIL'])
  t.equal(await firstLine, 'dns 127.0.0.1 AXFR refused SERVFAIL: 1 transfers are under way')
})

for (const slow of ['idleMs', 'totalMs'] as const) {
  t.test(`a reader that takes nothing is cut off after ${slow}`, async t => {
    const zone = listZone(ZONE, long(), counting())
    const { port, firstLine } = await open(t, { zone, limits: { [slow]: 200 } })
    await askLazily(t, port)
    t.match(await firstLine, /^dns 127\.0\.0\.1 AXFR failed serial 1 whole: .* taken within 0\.2 s$/)
  })
}

t.test('over UDP IXFR gets our SOA alone, and a stranger REFUSED', async t => {
  const { out, zone } = await open(t)
  zone.publish(fleet(3, 'B'))
  const query = question({ type: 'IXFR', serial: 1 })
  t.strictSame(shown([out.answerDatagram(query, decodeMessage(query), '127.0.0.1')]), [2])
  t.strictSame(shown([out.answerDatagram(query, decodeMessage(query), '192.0.2.1')]), ['REFUSED'])
})
