import t from 'tap'
import { publishedLabels } from './host-name.ts'
import { formatLabels } from './wire-labels.ts'

const APEXES = ['example.test', 'lab.example.test', 'Other.Test']
const APEX_OCTETS = 18

const cases: Record<string, { host: string; want: string | undefined }> = {
  'below a source zone: without its apex': { host: 'web01.example.test', want: 'web01' },
  'deeper: all labels stay': { host: 'a.rack1.example.test', want: 'a.rack1' },
  'below two: the most specific one counts': { host: 'web01.lab.example.test', want: 'web01' },
  'apexes ignore case': { host: 'web01.other.test', want: 'web01' },
  'below none: the first label': { host: 'web01.elsewhere.test', want: 'web01' },
  'without a domain: as it is': { host: 'web01', want: 'web01' },
  'an apex itself: our apex': { host: 'example.test', want: '' },
  'an octet that is written as a number': { host: 'a\\032b.example.test', want: 'a\\032b' },
  'no domain name': { host: `${'a'.repeat(64)}.example.test`, want: undefined },
  'a wildcard': { host: '*.example.test', want: undefined },
  'a name that only begins with an asterisk': { host: '*a.example.test', want: '*a' },
  'too long with our apex': {
    host: `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(56)}.lab.example.test`,
    want: undefined,
  },
}
for (const [title, { host, want }] of Object.entries(cases)) {
  t.test(title, async t => {
    const labels = publishedLabels(host, APEXES, APEX_OCTETS)
    t.equal(labels === undefined ? undefined : formatLabels(labels), want)
  })
}
