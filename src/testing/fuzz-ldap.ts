import { messageFrames } from '../source/ldap/message-frames.ts'
import { decodeSyncMessage, type SyncMessage } from '../source/ldap/sync-message.ts'
import { WireError } from '../wire/wire-error.ts'
import type { FuzzTarget } from './fuzz.ts'
import { encodeSyncAnswer } from './sync-answers.ts'

const ID = 1
const uuid = '00112233445566778899aabbccddeeff'
const answers: readonly SyncMessage[] = [
  {
    kind: 'entry',
    dn: 'cn=web01,dc=example,dc=test',
    attributes: [
      { description: 'cn', values: [Buffer.from('web01')] },
      { description: 'faiMembership', values: [Buffer.from('WEB'), Buffer.from('2000 DB')] },
    ],
    sync: { state: 'add', uuid, cookie: '7269643d30' },
  },
  { kind: 'entry', dn: 'cn=b', attributes: [], sync: { state: 'delete', uuid } },
  { kind: 'id-set', deletes: true, uuids: [uuid, uuid], cookie: '00' },
  { kind: 'phase-end', phase: 'present', done: false, cookie: '00' },
  { kind: 'phase-end', phase: 'delete', done: true },
  { kind: 'new-cookie', cookie: '0102' },
  { kind: 'reference', urls: ['ldap://far.example.test/dc=x'] },
  { kind: 'end', code: 4096, text: 'too old', sync: { deletes: true, cookie: '00' } },
]
const messages = answers.map(answer => encodeSyncAnswer(ID, answer))

/** What a server sends that is followed by content synchronisation. */
export const syncAnswers: FuzzTarget = {
  corpus: [...messages, Buffer.concat(messages)],
  words: [
    '\x30',
    '\x04',
    '\x04\x10',
    '\x80',
    '\x84\xff\xff\xff\xf0',
    '\x84\x7f\xff\xff\xff',
    '\xa3',
    '\x0a\x01\x04',
  ],
  /** An octet of a value stands in six elements, one in the other. */
  mostSteps: 8,
  attempt: (input, count) => {
    try {
      const frames = messageFrames(1 << 20)
      // In two pieces, as it may come.
      const half = input.length >> 1
      const found = [...frames(input.subarray(0, half)), ...frames(input.subarray(half))]
      for (const frame of found) decodeSyncMessage(frame, ID, count)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
    }
  },
}
