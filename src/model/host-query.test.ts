import t from 'tap'
import { parseHostQuery, parseMac } from './host-query.ts'

const cases: Record<string, object | undefined> = {
  web01: { kind: 'short', name: 'web01' },
  'WEB01.Example.test.': { kind: 'fqdn', name: 'web01.example.test' },
  '192.0.2.11': { kind: 'ip', ip: '192.0.2.11' },
  '2001:DB8::1': { kind: 'ip', ip: '2001:db8::1' },
  '52:54:00:AB:CD:EF': { kind: 'mac', mac: '52:54:00:ab:cd:ef' },
  '4C4C4544-0042-3510-8052-B4C04F4A3132': {
    kind: 'uuid',
    uuid: '4c4c4544-0042-3510-8052-b4c04f4a3132',
  },
  '4c4c4544-0042-3510-8052': { kind: 'short', name: '4c4c4544-0042-3510-8052' },
  'web 01': undefined,
  'web..test': undefined,
  '-web': undefined,
  '': undefined,
  [`${'a'.repeat(64)}.test`]: undefined,
}

for (const [text, want] of Object.entries(cases)) {
  t.test(`"${text.slice(0, 30)}" is ${want === undefined ? 'no host' : JSON.stringify(want)}`, async t => {
    t.strictSame(parseHostQuery(text), want)
  })
}

for (const text of ['52:54:00:ab:cd:ef', '52-54-00-AB-CD-EF', '5254.00ab.cdef', '525400abcdef']) {
  t.test(`${text} is one MAC in another spelling`, async t => {
    t.equal(parseMac(text), '52:54:00:ab:cd:ef')
  })
}

for (const text of ['52:54:00:ab:cd', '52:54-00:ab:cd:eg', '525400abcdefff']) {
  t.test(`${text} is no MAC`, async t => {
    t.equal(parseMac(text), undefined)
  })
}
