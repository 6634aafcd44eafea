import t from 'tap'
import { recordType } from '../../wire/dns/record-type.ts'
import { queryCounts } from './query-counts.ts'

t.test('answers are counted by type and code; types that nobody has here are one', async t => {
  const { count, countLimited, read } = queryCounts()
  t.strictSame(read(), [])
  count(recordType('TXT'), 0)
  count(recordType('TXT'), 0)
  count(recordType('TXT'), 3)
  count(recordType('MX'), 5)
  count(65_280, 5)
  count(0, 1)
  count(recordType('SOA'), 16)
  countLimited(recordType('PTR'))
  t.strictSame(read(), [
    { type: 'other', outcome: 'FORMERR', count: 1 },
    { type: 'other', outcome: 'REFUSED', count: 2 },
    { type: 'SOA', outcome: 'BADVERS', count: 1 },
    { type: 'PTR', outcome: 'limited', count: 1 },
    { type: 'TXT', outcome: 'NOERROR', count: 2 },
    { type: 'TXT', outcome: 'NXDOMAIN', count: 1 },
  ])
})
