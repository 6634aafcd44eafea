import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../config/read-config.ts'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { HOSTS_ZONE, withFiles } from '../testing/site-files.ts'
import { openIdentifier } from './identify-machine.ts'

const MAC = '52:54:00:12:34:56'
const UUID = '11111111-2222-4333-8444-555555555555'
const ZONE = `${HOSTS_ZONE}52-54-00-12-34-56._mac IN PTR web01.example.test.
${UUID}._uuid IN PTR db01.example.test.
52-54-00-00-00-01._mac IN PTR gone.example.test.
52-54-00-00-00-02._mac IN PTR bad01.example.test.
`
const LDIF = `version: 1

dn: dc=example,dc=test
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: cn=web01,dc=example,dc=test
objectClass: device
objectClass: ipHost
objectClass: domainRelatedObject
cn: web01
associatedDomain: web01.example.test
ipHostNumber: 2001:DB8::11
ipHostNumber: 192.0.2.111

dn: cn=be,dc=example,dc=test
objectClass: device
objectClass: ipHost
objectClass: domainRelatedObject
cn: be
associatedDomain: be.example.test
ipHostNumber: 0:0:0:0:0:0:0:11
`
const FILES = {
  'config.yaml': `sources:
  - { kind: zonefile, zone: example.test, path: example.test.zone }
  - { kind: ldif, base: "dc=example,dc=test", path: directory.ldif }
`,
  'example.test.zone': ZONE,
  'directory.ldif': LDIF,
}

const withIdentifier = (
  use: (identifier: ReturnType<typeof openIdentifier>, directory: string) => Promise<void>,
) =>
  withFiles(FILES, async directory => {
    const { value } = await readConfig(['config.yaml'], directory)
    if (value === undefined) throw new Error('the configuration is not valid')
    const config = { ...value, resolvePath: (path: string) => join(directory, path) }
    const warned: Diagnostic[] = []
    const warn = (diagnostic: Diagnostic) => void warned.push(diagnostic)
    const identifier = openIdentifier(config, { now: () => 0, signal: new AbortController().signal, warn })
    try {
      await use(identifier, directory)
    } finally {
      await identifier.close()
    }
  })

t.test('a MAC counts before a UUID; addresses are those of the entry, then those of the zone', async t => {
  await withIdentifier(async ({ identify }) => {
    t.strictSame(await identify({ mac: MAC, uuid: UUID }), {
      short: 'web01',
      fqdn: 'web01.example.test',
      addresses: ['192.0.2.111', '2001:db8::11', '192.0.2.11'],
      classes: ['DEFAULT', 'WEB', 'web01', 'LAST'],
    })
    t.match(await identify({ mac: '52:54:00:00:00:09', uuid: UUID }), { fqdn: 'db01.example.test' })
  })
})

t.test('nobody knows the machine', async t => {
  await withIdentifier(async ({ identify }) => {
    t.equal(await identify({ mac: '52:54:00:00:00:09' }), 'unknown')
  })
})

t.test('what is no MAC is neither the name nor the address of a host, and no fault', async t => {
  await withIdentifier(async ({ identify }) => {
    for (const mac of ['', 'be', '00:00:00:00:00:00:00:11']) t.equal(await identify({ mac }), 'unknown', mac)
    t.match(await identify({ mac: '00:00:00:00:00:00:00:11', uuid: UUID }), { fqdn: 'db01.example.test' })
  })
})

t.test('an address that a host has is reserved', async t => {
  await withIdentifier(async ({ isReserved }) => {
    t.equal(await isReserved('192.0.2.12'), true)
    t.equal(await isReserved('192.0.2.99'), false)
  })
})

t.test('what the sources say is wrong: no answer, but what is wrong and where', async t => {
  await withIdentifier(async ({ identify }) => {
    await t.rejects(identify({ mac: '52:54:00:00:00:01' }), {
      name: 'SourceError',
      code: 'host-not-found',
      message: /^gone\.example\.test: /,
    })
    await t.rejects(identify({ mac: '52:54:00:00:00:02' }), {
      name: 'SourceError',
      code: 'syntax',
      origin: { kind: 'record', owner: '_fai.bad01.example.test' },
    })
  })
})

t.test('an answer holds until it is let go of; a source that cannot be read is asked again', async t => {
  await withIdentifier(async ({ identify, close }, directory) => {
    const zone = join(directory, 'example.test.zone')
    t.match(await identify({ mac: MAC }), { short: 'web01' })
    await writeFile(zone, ZONE.replace('PTR web01', 'PTR db01'))
    t.match(await identify({ mac: MAC }), { short: 'web01' })
    await close()
    t.match(await identify({ mac: MAC }), { short: 'db01' })
    await close()
    await writeFile(join(directory, 'directory.ldif'), '\n')
    await t.rejects(identify({ mac: MAC }), { name: 'SourceError' })
  })
})
