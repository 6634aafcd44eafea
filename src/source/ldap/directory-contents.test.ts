import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../../testing/test-files.ts'
import { type DirectoryContents, fromDirectoryContents, toDirectoryContents } from './directory-contents.ts'
import type { Entry } from './entry.ts'
import { parseLdif } from './ldif.ts'

/** As a server would give them: without the lines of a file. */
const served = (bytes: Buffer): readonly Entry[] =>
  (parseLdif(bytes, 'a.ldif').value ?? []).map(({ dn, attributes }) => ({
    dn,
    attributes: new Map(
      [...attributes].map(([name, values]) => [name, values.map(({ line: _, ...value }) => value)]),
    ),
    origin: { kind: 'entry', dn: dn.text },
  }))

const again = (entries: readonly Entry[]): readonly Entry[] =>
  fromDirectoryContents(JSON.parse(JSON.stringify(toDirectoryContents(entries))) as DirectoryContents)

t.test('entries are the same after they were plain data', async t => {
  const entries = served(await readFile(join(ROOT, 'fixtures/ldif/site/directory.ldif')))
  t.ok(entries.length > 10)
  t.strictSame(again(entries), entries)
})

t.test('names that need escapes, and values that are no text', async t => {
  const ldif = `version: 1

dn: cn=a\\, b\\+c\\20,ou=\\C3\\BC\\00,dc=example,dc=test
objectClass: device
cn: a, b+c
userCertificate;binary:: /wD+

dn:: b3U9w7wjLGRjPWV4YW1wbGU=
cn: x
`
  const entries = served(Buffer.from(ldif))
  t.equal(entries.length, 2)
  t.strictSame(again(entries), entries)
})
