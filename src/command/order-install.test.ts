import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../config/read-config.ts'
import { parseClassName } from '../model/class-name.ts'
import { withFiles } from '../testing/site-files.ts'
import { installOrders } from './order-install.ts'

const ZONE = `$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 604800 300
@ IN NS ns1
web01 IN A 192.0.2.11
_fai.web01 IN TXT "[EFI] GRUB_EFI"
`
const FILES = {
  'config.yaml': `sources: [{ kind: zonefile, zone: example.test, path: example.test.zone }]
register:
  zone: example.test
  tsig: { name: k, secretFile: k.key }
  reverse: [2.0.192.in-addr.arpa, { zone: 8.b.d.0.1.0.0.2.ip6.arpa, tsig: { name: r, secretFile: r.key } }]
`,
  'example.test.zone': ZONE,
  'k.key': 'c2VjcmV0\n',
  'r.key': 'key "r" { algorithm hmac-sha256; secret "b3RoZXI="; };\n',
}

const withOrders = (use: (orderFor: ReturnType<typeof installOrders>, directory: string) => Promise<void>) =>
  withFiles(FILES, async directory => {
    const { value } = await readConfig([join(directory, 'config.yaml')], '/')
    if (value === undefined) throw new Error('the configuration is not valid')
    await use(installOrders(value, { now: () => 0, signal: new AbortController().signal }), directory)
  })

t.test('an order has the list for the facts, and keys instead of the files that hold them', async t => {
  const efi = ['EFI'].flatMap(name => parseClassName(name) ?? [])
  await withOrders(async orderFor => {
    t.match(await orderFor('web01.example.test', efi), {
      lookup: { fqdn: 'web01.example.test', classes: ['DEFAULT', 'EFI', 'GRUB_EFI', 'web01', 'LAST'] },
      addresses: [],
      register: {
        zone: 'example.test',
        tsig: { name: 'k', algorithm: 'hmac-sha256', secret: 'c2VjcmV0' },
        reverse: ['2.0.192.in-addr.arpa', { tsig: { name: 'r', secret: 'b3RoZXI=' } }],
      },
    })
  })
})

t.test('what the sources say wrongly is refused; a source that cannot be read is no refusal', async t => {
  await withOrders(async (orderFor, directory) => {
    const zone = join(directory, 'example.test.zone')
    await writeFile(zone, `${ZONE}_fai.web01 IN TXT "A/B"\n`)
    await t.rejects(orderFor('web01.example.test', []), { name: 'OrderRefusedError', message: /syntax/ })
    await writeFile(zone, ZONE)
    await writeFile(join(directory, 'r.key'), 'no key')
    await t.rejects(orderFor('web01.example.test', []), { name: 'SourceError' })
  })
})
