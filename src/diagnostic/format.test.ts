import t from 'tap'
import type { Origin } from './diagnostic.ts'
import { errorAt, hasErrors, warningAt } from './diagnostic.ts'
import { formatDiagnostic, formatOrigin } from './format.ts'

const origins: Record<string, Origin> = {
  'zone example.test: TXT WEB._class.example.test': {
    kind: 'record',
    zone: 'example.test',
    owner: 'WEB._class.example.test',
    type: 'TXT',
  },
  'site.zone:12: TXT web01.example.test': {
    kind: 'record',
    zone: 'example.test',
    owner: 'web01.example.test',
    type: 'TXT',
    path: 'site.zone',
    line: 12,
  },
  'entry cn=web01,dc=example faiMembership': {
    kind: 'entry',
    dn: 'cn=web01,dc=example',
    attribute: 'faiMembership',
  },
  'site.ldif:3: cn=web01': { kind: 'entry', dn: 'cn=web01', path: 'site.ldif', line: 3 },
  'disk_config/WEB:2:7': { kind: 'file', path: 'disk_config/WEB', line: 2, column: 7 },
  '--fact': { kind: 'option', option: '--fact' },
  '127.0.0.1:53': { kind: 'server', server: '127.0.0.1:53' },
  'dhcp packet from 192.0.2.1, octet 12': { kind: 'packet', protocol: 'dhcp', peer: '192.0.2.1', offset: 12 },
  'tftp packet from 192.0.2.1': { kind: 'packet', protocol: 'tftp', peer: '192.0.2.1' },
  '/dev/sda': { kind: 'device', path: '/dev/sda' },
}

for (const [want, origin] of Object.entries(origins)) {
  t.test(`a place of kind ${origin.kind} reads "${want}"`, async t => {
    t.equal(formatOrigin(origin), want)
  })
}

t.test('a diagnostic is one line, and one more for each further place', async t => {
  const [first, second] = [{ kind: 'option', option: 'a' } as const, { kind: 'option', option: 'b' } as const]
  t.equal(formatDiagnostic(errorAt('syntax', 'is wrong', first)), 'error syntax: a: is wrong')
  t.equal(
    formatDiagnostic(warningAt('group-cycle', 'is odd', first, [second])),
    'warning group-cycle: a: is odd\n  b',
  )
})

t.test('warnings are no errors', async t => {
  const origin = { kind: 'option', option: 'a' } as const
  t.equal(hasErrors([warningAt('syntax', 'x', origin)]), false)
  t.equal(hasErrors([warningAt('syntax', 'x', origin), errorAt('syntax', 'x', origin)]), true)
})
