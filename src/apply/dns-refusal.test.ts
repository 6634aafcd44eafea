import t from 'tap'
import { explainRefusal } from './dns-refusal.ts'

const context = { zone: 'example.test', keyName: 'register-key', types: ['A', 'DHCID'] }

const rows: Record<string, { rcode: string; keyName?: undefined; want: RegExp }> = {
  'REFUSED with a key: the line of named.conf': {
    rcode: 'REFUSED',
    want: /zone "example\.test" needs update-policy \{ grant register-key zonesub A DHCID; \};/,
  },
  'REFUSED without a key': { rcode: 'REFUSED', keyName: undefined, want: /not signed.*register\.tsig/ },
  NOTAUTH: { rcode: 'NOTAUTH', want: /has no zone "example\.test" \{ type primary; \}/ },
  NOTZONE: { rcode: 'NOTZONE', want: /outside this zone.*zone and reverse of register/ },
  SERVFAIL: { rcode: 'SERVFAIL', want: /its log says why.*journal/ },
  FORMERR: { rcode: 'FORMERR', want: /did not understand/ },
  NOTIMP: { rcode: 'NOTIMP', want: /no dynamic updates: name the primary/ },
  'a code that no update has': { rcode: 'RCODE15', want: /RFC 2136 does not say/ },
}

for (const [title, { rcode, want, ...over }] of Object.entries(rows)) {
  t.test(title, async t => {
    const text = explainRefusal(rcode, { ...context, ...over })
    t.match(text, want)
    t.notMatch(text, '\n')
  })
}
