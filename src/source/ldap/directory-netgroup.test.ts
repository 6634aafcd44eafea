import t from 'tap'
import { entryOf } from '../../testing/entries.ts'
import { netgroupsHolding } from './directory-netgroup.ts'

const host = { short: 'web01', fqdn: 'web01.example.test' }

/** A triple, whether it holds the host, and the code that it is worth in a netgroup that gives classes. */
const triples: Record<string, { holds: boolean; code?: string }> = {
  '(web01,,)': { holds: true },
  '(WEB01.example.test,-,-)': { holds: true },
  '( web01 , alice , nis.example )': { holds: true },
  '(web01.example.test.,,)': { holds: true },
  '(web02,,)': { holds: false },
  '(web01.other.test,,)': { holds: false },
  '(,alice,)': { holds: false, code: 'netgroup-wildcard' },
  '(-,alice,)': { holds: false, code: 'netgroup-wildcard' },
  '( , , )': { holds: false, code: 'netgroup-wildcard' },
  '(web01,alice)': { holds: false, code: 'syntax' },
  web01: { holds: false, code: 'syntax' },
}

for (const [triple, { holds, code }] of Object.entries(triples)) {
  t.test(`${triple}: ${holds ? 'holds the host' : (code ?? 'does not hold it')}`, async t => {
    const lines = ['cn: g', 'faiMembership: X', `nisNetgroupTriple: ${triple}`]
    const { value, diagnostics } = netgroupsHolding(
      [entryOf('cn=g', 'nisNetgroup faiMember', ...lines)],
      host,
    )
    t.equal(value.length, holds ? 1 : 0)
    t.strictSame(
      diagnostics.map(diagnostic => diagnostic.code),
      code === undefined ? [] : [code],
    )
  })
}

t.test('a host without a full name is not held by triples that do not parse', async t => {
  const netgroup = entryOf(
    'cn=g',
    'nisNetgroup',
    'cn: g',
    'nisNetgroupTriple: (,x,)',
    'nisNetgroupTriple: (%,x,)',
  )
  t.strictSame(netgroupsHolding([netgroup], { short: 'a', fqdn: undefined }), { value: [], diagnostics: [] })
})

t.test('netgroups in netgroups, a cycle among them, and one warning a netgroup', async t => {
  const netgroups = [
    entryOf('cn=a', 'nisNetgroup', 'cn: a', 'memberNisNetgroup: b'),
    entryOf('cn=b', 'nisNetgroup', 'cn: b', 'memberNisNetgroup: A', 'memberNisNetgroup: c'),
    entryOf(
      'cn=c',
      'nisNetgroup',
      'cn: c',
      'nisNetgroupTriple: (web01,,)',
      'nisNetgroupTriple: (,x,)',
      'nisNetgroupTriple: (,y,)',
    ),
    entryOf('cn=d', 'nisNetgroup', 'cn: d', 'nisNetgroupTriple: (,z,)'),
  ]
  const { value, diagnostics } = netgroupsHolding(netgroups, host)
  t.strictSame(value.map(({ dn }) => dn.rdns[0]?.text).sort(), ['cn=a', 'cn=b', 'cn=c'])
  t.match(diagnostics, [
    { code: 'netgroup-wildcard', origin: { dn: 'cn=c,dc=x', attribute: 'nisNetgroupTriple' } },
  ])
  t.equal(diagnostics.length, 1)
})

t.test('inside of a netgroup that gives classes a wildcard is worth a warning to every host', async t => {
  const netgroups = [
    entryOf('cn=a', 'nisNetgroup faiMember', 'cn: a', 'memberNisNetgroup: b', 'faiVariableSetting: A=1'),
    entryOf('cn=b', 'nisNetgroup', 'cn: b', 'nisNetgroupTriple: (-,x,)'),
  ]
  t.match(netgroupsHolding(netgroups, host), { value: [], diagnostics: [{ code: 'netgroup-wildcard' }] })
})
