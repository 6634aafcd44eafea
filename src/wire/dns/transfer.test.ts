import t from 'tap'
import {
  wireSoa as soa,
  TRANSFER_ID,
  type TransferMessage,
  takeTransfer,
  wireRecord,
} from '../../testing/transfer-answer.ts'
import { recordType } from './record-type.ts'
import { transferReader } from './transfer.ts'
import type { TransferState } from './transfer-reader.ts'

const host = wireRecord('web01.example.test', 'A', { kind: 'address', address: '192.0.2.1' })

const take = (messages: readonly TransferMessage[]) => {
  const reader = transferReader(TRANSFER_ID, 'Example.Test')
  const states = takeTransfer(reader, 'AXFR', messages)
  return { last: states.at(-1), kinds: states.map(({ kind }) => kind), records: reader.records }
}

t.test('one message or many, and the SOA is kept once', async t => {
  for (const messages of [[[soa(1), host, soa(1)]], [[soa(1)], [host], [], [soa(1)]]]) {
    const { last, records } = take(messages)
    t.strictSame(last, { kind: 'done' })
    t.strictSame(
      records.map(({ owner, type, ttlSeconds }) => `${owner} ${ttlSeconds} ${type}`),
      ['example.test 300 SOA', 'web01.example.test 300 A'],
    )
  }
  t.strictSame(take([[soa(1)], [host]]).kinds, ['more', 'more'])
})

t.test('AA may be missing, as it does in the transfers of Knot DNS', async t => {
  t.strictSame(take([{ authoritative: false }, { authoritative: false, questions: [] }]).last, {
    kind: 'done',
  })
})

t.test('the question may be missing behind the first message', async t => {
  t.strictSame(take([[soa(1), host], { questions: [] }]).last, { kind: 'done' })
})

const FAULTS: Record<string, { messages: Parameters<typeof take>[0]; want: TransferState }> = {
  'another id': { messages: [{ id: 8 }], want: failed('a message is no answer to our question') },
  'a query': { messages: [{ isResponse: false }], want: failed('a message is no answer to our question') },
  REFUSED: { messages: [{ rcode: 5 }], want: { kind: 'refused', rcode: 'REFUSED' } },
  'NOTAUTH behind the beginning': {
    messages: [[soa(1)], { rcode: 9 }],
    want: { kind: 'refused', rcode: 'NOTAUTH' },
  },
  SERVFAIL: { messages: [{ rcode: 2 }], want: failed('SERVFAIL') },
  truncated: { messages: [{ truncated: true }], want: failed('a message is truncated, over TCP') },
  'another question': {
    messages: [{ questions: [{ name: 'example.org', type: recordType('AXFR'), dnsClass: 1 }] }],
    want: failed('a message answers another question'),
  },
  'no SOA first': {
    messages: [[host, soa(1)]],
    want: failed('the transfer does not begin with the SOA of Example.Test'),
  },
  'the SOA of another zone': {
    messages: [[soa(1, 'example.org')]],
    want: failed('the transfer does not begin with the SOA of Example.Test'),
  },
  'nothing first': { messages: [[]], want: failed('the first message holds no record') },
  'another serial': {
    messages: [[soa(1), host, soa(2)]],
    want: failed('the zone changed meanwhile (serial 1 at the beginning, 2 at the end)'),
  },
  'a record behind the end': {
    messages: [[soa(1), soa(1), host]],
    want: failed('records stand behind the end of the transfer'),
  },
  'another class': {
    messages: [[soa(1), { ...host, dnsClass: 3 }]],
    want: failed('the record web01.example.test is not of class IN'),
  },
}

function failed(reason: string): TransferState {
  return { kind: 'failed', reason }
}

for (const [title, { messages, want }] of Object.entries(FAULTS)) {
  t.test(`${title}: ${want.kind}`, async t => {
    t.strictSame(take(messages).last, want)
  })
}
