import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Transaction } from '../server/transaction.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { openServeLog } from './serve-log.ts'

const served: Transaction = {
  ...{ protocol: 'tftp', client: '192.0.2.100', request: 'RRQ', outcome: 'served' },
  text: 'vmlinuz 6 octets',
  sentBytes: 6,
}
const changed: Transaction = {
  ...{ protocol: 'lists', client: 'dns example.test', request: 'CHANGE', outcome: 'applied' },
  text: '1 lists by serial 2: web01.example.test',
}

t.test('one line a transaction, and the same as schema/transactions.schema.json describes it', async t => {
  const path = join(t.testdir({}), 'events')
  const printed: string[] = []
  const log = openServeLog(path, { print: line => printed.push(line), complain: t.fail, now: () => 0 })
  for (const transaction of [served, changed]) log.report(transaction)
  log.close()
  t.strictSame(printed, [
    'tftp 192.0.2.100 RRQ served vmlinuz 6 octets',
    'lists dns example.test CHANGE applied 1 lists by serial 2: web01.example.test',
  ])
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  t.strictSame(
    lines.map(line => JSON.parse(line)),
    [served, changed].map(transaction => ({ time: '1970-01-01T00:00:00.000Z', ...transaction })),
  )
  for (const line of lines) t.equal(await schemaFaults('transactions', line), '', line)
})

t.test('the schema knows a wrong transaction when it sees one', async t => {
  for (const wrong of [
    { ...served, protocol: 'nfs' },
    { ...served, more: 1 },
    { ...served, text: undefined },
  ]) {
    t.not(await schemaFaults('transactions', JSON.stringify({ time: '', ...wrong })), '')
  }
})
