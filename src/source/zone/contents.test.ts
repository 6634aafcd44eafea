import t from 'tap'
import type { TransferredRecord } from '../../wire/dns/transfer-reader.ts'
import { fromZoneContents, toZoneContents, type ZoneContents } from './contents.ts'

const record = (owner: string, type: string, rdata: TransferredRecord['rdata']): TransferredRecord => ({
  owner,
  type,
  ttlSeconds: 300,
  rdata,
})

const text = (...strings: readonly (string | Buffer)[]): TransferredRecord['rdata'] => ({
  kind: 'text',
  strings: strings.map(string => Buffer.from(string)),
})

const records: readonly TransferredRecord[] = [
  record('example.test', 'SOA', {
    kind: 'soa',
    primary: 'ns1.example.test',
    mailbox: 'hostmaster.example.test',
    serial: 4294967295,
    refreshSeconds: 7200,
    retrySeconds: 900,
    expireSeconds: 1209600,
    minimumSeconds: 300,
  }),
  record('example.test', 'NS', { kind: 'name', name: 'ns1.example.test' }),
  record('web01.example.test', 'A', { kind: 'address', address: '192.0.2.11' }),
  record('web01.example.test', 'AAAA', { kind: 'address', address: '2001:db8::11' }),
  record('_fai.web01.example.test', 'TXT', text('WEB', '', Buffer.from([0, 0xff, 0x22]))),
  record('*.example.test', 'TXT', text('DEBIAN')),
  record('WEB._class.Example.test', 'TXT', text('requires=NGINX PHP')),
  record('a\\.b.example.test', 'CNAME', { kind: 'name', name: 'c\\032d.example.test' }),
  record('example.test', 'TYPE65280', { kind: 'opaque', octets: Buffer.from([1, 2, 3]) }),
  record('x.example.test', 'DNAME', { kind: 'name', name: '' }),
]

t.test('records are the same after they were plain data', async t => {
  const kept = JSON.parse(JSON.stringify(toZoneContents(records))) as ZoneContents
  t.strictSame(fromZoneContents(kept), records)
})

t.test('a record reads as on the wire', async t => {
  t.strictSame(toZoneContents(records).records[2], ['web01.example.test', 'A', 300, 'c000020b'])
})
