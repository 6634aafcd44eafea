import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { ZoneDelta } from '../wire/dns/incremental.ts'
import { decodeMessage, type WireRecord } from '../wire/dns/message.ts'
import { formatRecordType } from '../wire/dns/record-type.ts'
import type { Soa } from '../wire/dns/soa.ts'
import { frameMessage, takeMessages } from '../wire/dns/stream.ts'
import type { TransferredRecord } from '../wire/dns/transfer-reader.ts'
import { freePort } from './free-port.ts'
import { encodeTransfer, soaRdata, type TransferMessage, wireRecord } from './transfer-answer.ts'

/** What a fake primary of `example.test` has, and what is wrong with it; a test changes it as it likes. */
export type FakeZone = {
  serial: number
  /** Without the SOA. */
  records: readonly TransferredRecord[]
  /** What IXFR is answered with: deltas, a code, or all of the zone. */
  ixfr: readonly ZoneDelta[] | { readonly rcode: number } | 'whole'
  /** Of the SOA, where they are not those of `soaRdata`. */
  times: Partial<Soa>
  /** Says nothing at all. */
  isDown: boolean
  /** Ends the connection of a transfer behind its first message. */
  isCut: boolean
}

/** A primary in this process, over UDP and TCP on a free port of 127.0.0.1. */
export type FakePrimary = {
  /** `127.0.0.1:PORT`. */
  readonly server: string
  readonly zone: FakeZone
  /** Types that were asked for, in order. */
  readonly asked: readonly string[]
  /** Resolves once so many questions of a type have come. */
  readonly untilAsked: (type: string, count: number) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts one with a zone of serial 1, unless the test says otherwise, and IXFR that gives all of it. */
export const startFakePrimary = async (over: Partial<FakeZone> = {}): Promise<FakePrimary> => {
  const sound = { serial: 1, records: [], ixfr: 'whole', times: {}, isDown: false, isCut: false } as const
  const zone: FakeZone = { ...sound, ...over }
  const port = await freePort()
  const asked: string[] = []
  let onAsked = (): void => {}
  const hear = (bytes: Buffer): readonly Buffer[] => {
    const query = decodeMessage(bytes)
    const type = formatRecordType(query.questions[0]?.type ?? 0)
    asked.push(type)
    onAsked()
    return zone.isDown
      ? []
      : answersTo(zone, type).map(message => encodeTransfer(typeOf(type), message, query.id))
  }
  const sockets = new Set<Socket>()
  const tcp = createServer(socket => {
    sockets.add(socket.on('error', () => socket.destroy()))
    let received = Buffer.alloc(0)
    socket.on('data', bytes => {
      const { messages, rest } = takeMessages(Buffer.concat([received, bytes]))
      received = Buffer.from(rest)
      const [first, ...others] = messages.flatMap(hear)
      if (first === undefined) return
      socket.write(frameMessage(first))
      if (zone.isCut) socket.end()
      else for (const message of others) socket.write(frameMessage(message))
    })
  }).listen(port, '127.0.0.1')
  await once(tcp, 'listening')
  const udp = createSocket('udp4')
  udp.on('message', (bytes, peer) => {
    for (const message of hear(bytes)) udp.send(message, peer.port, peer.address)
  })
  udp.bind(port, '127.0.0.1')
  await once(udp, 'listening')
  return {
    server: `127.0.0.1:${port}`,
    zone,
    asked,
    untilAsked: (type, count) =>
      new Promise(resolve => {
        onAsked = () => {
          if (asked.filter(each => each === type).length >= count) resolve()
        }
        onAsked()
      }),
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      udp.close()
      await new Promise(resolve => tcp.close(resolve))
    },
  }
}

const typeOf = (type: string): 'SOA' | 'AXFR' | 'IXFR' => (type === 'AXFR' || type === 'IXFR' ? type : 'SOA')

/** The messages of an answer. */
const answersTo = ({ serial, records, ixfr, times }: FakeZone, type: string): readonly TransferMessage[] => {
  const soa = wireRecord('example.test', 'SOA', soaRdata(serial, times))
  if (type === 'SOA') return [[soa]]
  if (type === 'AXFR' || ixfr === 'whole') return [[soa], toWire(records), [soa]]
  if ('rcode' in ixfr) return [{ rcode: ixfr.rcode, answers: [] }]
  const steps = ixfr.flatMap(({ deleted, added }) => toWire([...deleted, ...added]))
  return [[soa], steps, [soa]]
}

const toWire = (records: readonly TransferredRecord[]): readonly WireRecord[] =>
  records.map(({ owner, type, rdata }) => wireRecord(owner, type, rdata))
