import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startSlapd } from '../../testing/slapd.ts'
import { ROOT } from '../../testing/test-files.ts'
import { withoutPlaces } from '../../testing/without-places.ts'
import type { DialectName } from './dialect.ts'
import { ldapSource } from './ldap-source.ts'
import { ldifSource } from './ldif-source.ts'

const base = 'dc=example,dc=test'
const { signal } = new AbortController()
const FIXTURES: Record<string, readonly DialectName[]> = {
  'fai-schema': ['argonaut', 'gosa'],
  puppet: ['puppet'],
}

for (const [fixture, dialects] of Object.entries(FIXTURES)) {
  t.test(`${fixture}: slapd and the LDIF say the same, asked and read as a whole`, async t => {
    const folder = join(ROOT, 'fixtures/ldif', fixture)
    const path = join(folder, 'directory.ldif')
    const slapd = await startSlapd({
      ldif: await readFile(path, 'utf8'),
      schemas: [join(folder, 'test.schema')],
    })
    t.teardown(slapd.stop)
    for (const dialect of dialects) {
      const open = () => ldapSource({ url: slapd.url, base, dialect })
      const [asked, read] = [open(), open()]
      t.teardown(() => Promise.all([asked.close(), read.close()]))
      const fromFile = (await ldifSource({ base, path, dialect }).readWhole(signal)).value
      const fromServer = (await read.readWhole(signal)).value
      t.strictSame(fromServer?.hosts, fromFile?.hosts, `${dialect}: hosts`)
      for (const host of [...(fromFile?.hosts ?? []), { short: 'other', fqdn: undefined }]) {
        const wanted = withoutPlaces(await fromFile?.source.readHost(host, signal))
        t.strictSame(withoutPlaces(await asked.readHost(host, signal)), wanted, `${dialect}: ${host.short}`)
        t.strictSame(withoutPlaces(await fromServer?.source.readHost(host, signal)), wanted)
      }
    }
  })
}
