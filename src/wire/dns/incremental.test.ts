import t from 'tap'
import {
  wireSoa as soa,
  TRANSFER_ID,
  type TransferMessage,
  takeTransfer,
  wireRecord,
} from '../../testing/transfer-answer.ts'
import { type Increment, incrementReader } from './incremental.ts'
import type { TransferredRecord, TransferState } from './transfer-reader.ts'

const address = (host: string, last: number) =>
  wireRecord(`${host}.example.test`, 'A', { kind: 'address', address: `192.0.2.${last}` })
const [one, two, three] = [address('a', 1), address('b', 2), address('c', 3)]
const glueSoa = soa(7, 'sub.example.test')

const take = (messages: readonly TransferMessage[], serial = 1) => {
  const reader = incrementReader(TRANSFER_ID, 'Example.Test', serial)
  const states = takeTransfer(reader, 'IXFR', messages)
  return { last: states.at(-1), kinds: states.map(({ kind }) => kind), increment: reader.increment() }
}

const formatRecord = ({ owner, type, rdata }: TransferredRecord): string =>
  rdata.kind === 'soa' && owner === 'example.test' ? `SOA ${rdata.serial}` : `${owner.split('.')[0]} ${type}`

const format = (increment: Increment | undefined): unknown => {
  switch (increment?.kind) {
    case undefined:
      return undefined
    case 'current':
      return `current ${increment.soa.serial}`
    case 'whole':
      return increment.records.map(formatRecord)
    case 'deltas':
      return increment.deltas.map(({ from, to, deleted, added }) => ({
        [`${from} ${to}`]: [deleted.map(formatRecord), added.map(formatRecord)],
      }))
  }
}

const ANSWERS: Record<string, { messages: readonly TransferMessage[]; serial?: number; want: unknown }> = {
  'nothing newer': { messages: [[soa(1)]], want: 'current 1' },
  'a server that is behind': { messages: [[soa(1)]], serial: 5, want: 'current 1' },
  'serials that went round': { messages: [[soa(3)]], serial: 4294967295, want: undefined },
  'the whole zone': {
    messages: [[soa(3), one, two, soa(3)]],
    want: ['SOA 3', 'a A', 'b A'],
  },
  'the whole zone, one record a message': {
    messages: [[soa(3)], [one], [two], [soa(3)]],
    want: ['SOA 3', 'a A', 'b A'],
  },
  'a zone of nothing but its SOA': { messages: [[soa(3), soa(3)]], want: ['SOA 3'] },
  'one step': {
    messages: [[soa(2), soa(1), one, soa(2), two, three, soa(2)]],
    want: [
      {
        '1 2': [
          ['SOA 1', 'a A'],
          ['SOA 2', 'b A', 'c A'],
        ],
      },
    ],
  },
  'steps that were put together': {
    messages: [[soa(9), soa(1), one, soa(9), two, soa(9)]],
    want: [
      {
        '1 9': [
          ['SOA 1', 'a A'],
          ['SOA 9', 'b A'],
        ],
      },
    ],
  },
  'steps one after the other, over messages': {
    messages: [[soa(3)], [soa(1), one, soa(2)], [two, soa(2)], [two, soa(3)], [three], [soa(3)]],
    want: [
      {
        '1 2': [
          ['SOA 1', 'a A'],
          ['SOA 2', 'b A'],
        ],
      },
      {
        '2 3': [
          ['SOA 2', 'b A'],
          ['SOA 3', 'c A'],
        ],
      },
    ],
  },
  'a step of nothing but serials': {
    messages: [[soa(2), soa(1), soa(2), soa(2)]],
    want: [{ '1 2': [['SOA 1'], ['SOA 2']] }],
  },
  'steps over the end of the numbers': {
    messages: [[soa(0), soa(4294967295), one, soa(0), soa(0)]],
    serial: 4294967295,
    want: [{ '4294967295 0': [['SOA 4294967295', 'a A'], ['SOA 0']] }],
  },
  'an SOA below the zone is a record': {
    messages: [[soa(2), soa(1), glueSoa, soa(2), soa(2)]],
    want: [{ '1 2': [['SOA 1', 'sub SOA'], ['SOA 2']] }],
  },
  'an answer that is cut': { messages: [[soa(2), soa(1), one, soa(2), two]], want: undefined },
}

for (const [title, { messages, serial, want }] of Object.entries(ANSWERS)) {
  t.test(title, async t => {
    const { kinds, increment } = take(messages, serial)
    t.strictSame(format(increment), want)
    t.equal(kinds.at(-1), want === undefined ? 'more' : 'done')
    t.ok(kinds.slice(0, -1).every(kind => kind === 'more'))
  })
}

const failed = (reason: string): TransferState => ({ kind: 'failed', reason })
const FAULTS: Record<string, { messages: readonly TransferMessage[]; want: TransferState }> = {
  NOTIMP: { messages: [{ rcode: 4 }], want: failed('NOTIMP') },
  FORMERR: { messages: [{ rcode: 1 }], want: failed('FORMERR') },
  REFUSED: { messages: [{ rcode: 5 }], want: { kind: 'refused', rcode: 'REFUSED' } },
  'an answer to AXFR': {
    messages: [{ questions: [{ name: 'example.test', type: 252, dnsClass: 1 }] }],
    want: failed('a message answers another question'),
  },
  'no SOA first': {
    messages: [[one]],
    want: failed('the transfer does not begin with the SOA of Example.Test'),
  },
  'steps that begin elsewhere': {
    messages: [[soa(3), soa(2), one, soa(3), soa(3)]],
    want: failed('a change begins at serial 2, where 1 was reached'),
  },
  'steps with a gap': {
    messages: [[soa(4), soa(1), soa(2), soa(3), soa(4), soa(4)]],
    want: failed('a change begins at serial 3, where 2 was reached'),
  },
  'a step backwards': {
    messages: [[soa(4), soa(1), soa(0), soa(4)]],
    want: failed('a change leads from serial 1 to 0'),
  },
  'steps that end before the new serial': {
    messages: [[soa(4), soa(1), soa(2), soa(4)]],
    want: failed('a change begins at serial 4, where 2 was reached'),
  },
  'a record behind the end': {
    messages: [[soa(2), soa(1), soa(2), soa(2), one]],
    want: failed('records stand behind the end of the transfer'),
  },
  'a whole zone that changed meanwhile': {
    messages: [[soa(2), one, soa(3)]],
    want: failed('the zone changed meanwhile (serial 2 at the beginning, 3 at the end)'),
  },
}

for (const [title, { messages, want }] of Object.entries(FAULTS)) {
  t.test(`${title}: ${want.kind}`, async t => {
    t.strictSame(take(messages).last, want)
  })
}
