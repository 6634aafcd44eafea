import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { SearchRequest } from 'ldapts'
import t from 'tap'
import { fuzz } from '../../testing/fuzz.ts'
import { syncAnswers } from '../../testing/fuzz-ldap.ts'
import { holds } from '../../testing/property.ts'
import { runSeed } from '../../testing/random.ts'
import { encodeSyncAnswer } from '../../testing/sync-answers.ts'
import { WireError } from '../../wire/wire-error.ts'
import { berElements, TAG } from './ber.ts'
import { ofClass } from './directory.ts'
import { toLdapFilter } from './server-filter.ts'
import { decodeSyncMessage, encodeSyncSearch, type SyncMessage } from './sync-message.ts'

const PLAIN = { noNullPrototype: true }
const hex = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map(bytes => Buffer.from(bytes).toString('hex'))
const uuid = hex(16, 16)
const cookie = hex(0, 40)
/** With and without one. */
const mayHaveCookie = <T extends object>(message: fc.Arbitrary<T>) =>
  fc
    .tuple(message, fc.option(cookie))
    .map(([fields, found]) => ({ ...fields, ...(found === null ? {} : { cookie: found }) }))
const values = fc.array(
  fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  { maxLength: 4 },
)
const text = fc.string({ maxLength: 30 })
const sync = mayHaveCookie(
  fc.record({ state: fc.constantFrom('present', 'add', 'modify', 'delete'), uuid }, PLAIN),
)
const attributes = fc.array(fc.record({ description: text, values }, PLAIN), { maxLength: 4 })
const entry = fc
  .tuple(text, attributes, fc.option(sync, { nil: undefined }))
  .map(([dn, attributes, sync]) => ({ kind: 'entry', dn, attributes, sync }) as const)
const end = fc
  .tuple(fc.nat(9000), text, fc.option(mayHaveCookie(fc.record({ deletes: fc.boolean() }, PLAIN))))
  .map(([code, text, sync]) => ({ kind: 'end', code, text, ...(sync === null ? {} : { sync }) }) as const)
const message: fc.Arbitrary<SyncMessage> = fc.oneof(
  entry,
  end,
  fc.record({ kind: fc.constant('reference'), urls: fc.array(text, { maxLength: 3 }) }, PLAIN),
  fc.record({ kind: fc.constant('new-cookie'), cookie }, PLAIN),
  mayHaveCookie(
    fc.record(
      { kind: fc.constant('phase-end'), phase: fc.constantFrom('delete', 'present'), done: fc.boolean() },
      PLAIN,
    ),
  ),
  mayHaveCookie(
    fc.record(
      { kind: fc.constant('id-set'), deletes: fc.boolean(), uuids: fc.array(uuid, { maxLength: 9 }) },
      PLAIN,
    ),
  ),
  fc.record({ kind: fc.constant('other') }, PLAIN),
)

t.test('what a server sends is read as it was meant', async t => {
  holds(
    t,
    fc.property(message, fc.integer({ min: 1, max: 2 ** 31 - 2 }), (sent, id) => {
      deepStrictEqual(decodeSyncMessage(encodeSyncAnswer(id, sent), id), sent)
    }),
  )
})

t.test('the search: critical, without an end, and with the cookie', async t => {
  const request = {
    messageId: 7,
    baseDn: 'dc=x',
    filter: toLdapFilter(ofClass(['device'])),
    attributes: ['cn'],
  }
  const controlOf = (bytes: Buffer) => {
    const message = berElements(bytes).inside(TAG.sequence)
    t.equal(message.number(TAG.integer), 7)
    message.skip()
    const control = message.inside(0xa0).inside(TAG.sequence)
    t.equal(control.text(TAG.octetString), '1.3.6.1.4.1.4203.1.9.1.1')
    t.ok(control.boolean(), 'critical')
    const value = berElements(control.octets(TAG.octetString)).inside(TAG.sequence)
    t.equal(value.number(TAG.enumerated), 3, 'refreshAndPersist')
    return value
  }
  t.notOk(controlOf(encodeSyncSearch({ ...request, cookie: undefined })).hasMore())
  const value = controlOf(encodeSyncSearch({ ...request, cookie: '0aff' }))
  t.equal(value.octets(TAG.octetString).toString('hex'), '0aff')
  t.notOk(value.hasMore(), 'no reloadHint')
  const plain = new SearchRequest({ ...request, baseDN: 'dc=x', timeLimit: 0 }).write()
  const operation = (bytes: Buffer) => {
    const message = berElements(bytes).inside(TAG.sequence)
    message.skip()
    return message.octets(0x63)
  }
  t.strictSame(operation(encodeSyncSearch({ ...request, cookie: undefined })), operation(plain))
})

t.test('a notice of disconnection is about no request', async t => {
  const notice = Buffer.from('300c02010078070a013404000400', 'hex')
  t.strictSame(decodeSyncMessage(notice, 1), { kind: 'end', code: 52, text: '' })
})

const refused: Record<string, string> = {
  'an entryUUID of one octet':
    '302802010179238018312e332e362e312e342e312e343230332e312e392e312e348107a3053103040107',
  'a response to a bind': '300c02010161070a010004000400',
  'a negative message ID': '30050201ff6500',
  'an element beyond the message': '300402010165',
  'a length of nearly 4 GiB inside': '300a02010164840fffffff00',
  'a length that reads as negative': '30090201016484fffffff0',
  nothing: '',
}

for (const [name, bytes] of Object.entries(refused))
  t.test(`refused: ${name}`, async t => {
    t.throws(() => decodeSyncMessage(Buffer.from(bytes, 'hex'), 1), WireError)
  })

t.test('20,000 mutated messages: a value or a WireError, work bounded by their length', async t => {
  t.strictSame(fuzz(syncAnswers, runSeed(), 20_000).failures, [])
})
