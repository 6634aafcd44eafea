import { readFile } from 'node:fs/promises'
import t from 'tap'
import { startSlapd } from '../../testing/slapd.ts'
import { closeConnection, openConnection } from './connection.ts'
import { toConnection } from './ldap-options.ts'

const base = 'dc=example,dc=test'
const ldif = `dn: ${base}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: x\n`

t.test(
  'octets are counted over every kind of connection, so that a server that sends is never silent',
  async t => {
    const slapd = await startSlapd({ ldif, tls: true, socket: true })
    t.teardown(slapd.stop)
    const ca = await readFile(slapd.caFile, 'utf8')
    const kinds = {
      plain: { url: slapd.url },
      StartTLS: { url: slapd.url, startTls: true, ca },
      TLS: { url: slapd.ldapsUrl, ca },
      'a local socket': { url: slapd.ldapiUrl },
    }
    for (const [name, options] of Object.entries(kinds)) {
      const open = await openConnection(toConnection({ base, ...options }))
      const before = open.bytesRead()
      await open.client.search(base, { scope: 'base' })
      t.ok(open.bytesRead() > before, name)
      await closeConnection(open)
      t.notOk(open.isOpen(), name)
    }
  },
)
