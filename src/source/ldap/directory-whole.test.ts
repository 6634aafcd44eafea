import { join } from 'node:path'
import t from 'tap'
import type { ClassName } from '../../model/class-name.ts'
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
    ['BAD', 'NGINX', 'WEB', 'web', 'WORSE'],
  )
  t.strictSame(diagnostics, [])
  t.equal(value?.source, source)
})

t.test(
  'entries of one class stand in the order in which a lookup reads them, however it is spelled',
  async t => {
    const path = t.testdir({
      'directory.ldif': [
        `dn: ${base}\nobjectClass: domain\ndc: example\n`,
        `dn: cn=a,${base}\nobjectClass: faiClassEntry\ncn: web\nfaiRequires: NGINX\n`,
        `dn: cn=b,${base}\nobjectClass: faiClassEntry\ncn: WEB\nfaiRequires: PHP\n`,
      ].join('\n'),
    })
    const source = ldifSource({ base, path: join(path, 'directory.ldif') })
    const { value } = await source.readWhole(signal)
    const asked = await source.readClasses(['WEB' as ClassName], signal)
    t.strictSame(value?.definitions, asked)
    t.match(asked, [{ name: 'web' }, { name: 'WEB' }])
  },
)

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
