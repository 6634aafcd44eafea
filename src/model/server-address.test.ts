import t from 'tap'
import { formatServerAddress, parseServerAddress } from './server-address.ts'

const cases: Record<string, { text: string; want: string | undefined }> = {
  'an address and a port': { text: '127.0.0.1:5300', want: '127.0.0.1:5300' },
  'no port': { text: '192.0.2.53', want: '192.0.2.53:53' },
  'a name': { text: 'ns1.example.test:5300', want: 'ns1.example.test:5300' },
  'IPv6 without a port': { text: '2001:db8::1', want: '[2001:db8::1]:53' },
  'IPv6 in brackets': { text: '[2001:db8::1]:5300', want: '[2001:db8::1]:5300' },
  'brackets around a name': { text: '[abc]:53', want: undefined },
  'port 0': { text: '127.0.0.1:0', want: undefined },
  'port 65536': { text: '127.0.0.1:65536', want: undefined },
  nothing: { text: '', want: undefined },
}

for (const [title, { text, want }] of Object.entries(cases)) {
  t.test(title, async t => {
    const address = parseServerAddress(text, 53)
    t.equal(address && formatServerAddress(address), want)
  })
}
