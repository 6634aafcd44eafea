import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../../testing/test-files.ts'
import { ldifSource } from './ldif-source.ts'

const { signal } = new AbortController()
const base = 'dc=example,dc=test'

t.test('every host entry by its name, and every definition', async t => {
  const source = ldifSource({ base, path: join(ROOT, 'fixtures/ldif/site/directory.ldif') })
  const { value, diagnostics } = await source.readWhole(signal)
  t.strictSame(
    value?.hosts.map(({ short, fqdn }) => fqdn ?? short),
    ['broken', 'db01.example.test', 'double', 'lab01', 'twin', 'web01.example.test'],
  )
  t.strictSame(
    value?.definitions.map(({ name }) => name),
    ['BAD', 'NGINX', 'WEB', 'WORSE', 'web'],
  )
  t.strictSame(diagnostics, [])
  t.equal(value?.source, source)
})

t.test('what has no name that anybody can ask for is a warning', async t => {
  const path = t.testdir({
    'directory.ldif': [
      `dn: ${base}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: x\n`,
      `dn: cn=Big Box,${base}\nobjectClass: device\nobjectClass: faiMember\ncn: Big Box\nfaiMembership: WEB\n`,
      `dn: cn=Printer 1,${base}\nobjectClass: device\ncn: Printer 1\n`,
      `dn: cn=42,${base}\nobjectClass: faiClassEntry\ncn: 42\n`,
    ].join('\n'),
  })
  const { value, diagnostics } = await ldifSource({ base, path: join(path, 'directory.ldif') }).readWhole(
    signal,
  )
  t.strictSame(value?.hosts, [])
  t.match(
    diagnostics.map(({ severity, code, origin }) => ({ severity, code, origin })),
    [
      { severity: 'warning', code: 'name-invalid', origin: { dn: `cn=Big Box,${base}` } },
      { severity: 'warning', code: 'name-invalid', origin: { dn: `cn=42,${base}` } },
    ],
  )
})
