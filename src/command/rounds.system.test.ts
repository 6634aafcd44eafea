import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { startNamed } from '../testing/named.ts'
import { startDnsRounds, startLdapRounds } from '../testing/round-proxy.ts'
import { serverConfig } from '../testing/server-config.ts'
import { withFiles } from '../testing/site-files.ts'
import { startSlapd } from '../testing/slapd.ts'

/** A host of so many classes in each of three levels: one of a level requires one of the next. */
type Tower = { readonly host: string; readonly width: number; readonly levels: number }

const TOWERS: readonly Tower[] = [
  { host: 'few', width: 2, levels: 3 },
  { host: 'many', width: 20, levels: 3 },
  { host: 'deep', width: 2, levels: 6 },
]
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

const classesOf = ({ host, width, levels }: Tower): readonly { name: string; requires: string }[] =>
  numbers(levels).flatMap(level =>
    numbers(width).map(index => ({
      name: `${host.toUpperCase()}_${level}_${index}`,
      requires: level + 1 < levels ? `${host.toUpperCase()}_${level + 1}_${index}` : '',
    })),
  )

const seedsOf = (tower: Tower): string =>
  classesOf(tower)
    .slice(0, tower.width)
    .map(({ name }) => name)
    .join(' ')

const zoneHead = '@ 300 SOA ns1 hostmaster 1 3600 900 604800 300\n@ 300 NS ns1\nns1 300 A 127.0.0.1\n'
const hosts = TOWERS.map(({ host }) => `${host} 300 A 192.0.2.1\n`).join('')
const inZone = TOWERS.flatMap(tower => [
  `_fai.${tower.host} 300 TXT "${seedsOf(tower)}"\n`,
  ...classesOf(tower).map(
    ({ name, requires }) =>
      `${name}._class 300 TXT "${requires === '' ? 'description=last' : `requires=${requires}`}"\n`,
  ),
]).join('')
const top = 'dn: dc=example,dc=test\nobjectClass: domain\ndc: example\n'
const inDirectory = TOWERS.flatMap(tower => [
  `dn: cn=${tower.host},dc=example,dc=test\nobjectClass: device\nobjectClass: faiMember\ncn: ${tower.host}\nfaiMembership: ${seedsOf(tower)}\n`,
  ...classesOf(tower).map(
    ({ name, requires }) =>
      `dn: cn=${name},dc=example,dc=test\nobjectClass: faiClassEntry\ncn: ${name}\n${requires && `faiRequires: ${requires}\n`}`,
  ),
])

/** Round trips of both servers for a lookup of each host, which must give all of its classes. */
const countRounds = async (t: Test, zone: string, ldif: string): Promise<readonly (readonly number[])[]> => {
  const named = await startNamed({ zones: [{ name: 'example.test', text: zone }] })
  t.teardown(named.stop)
  const slapd = await startSlapd({ ldif })
  t.teardown(slapd.stop)
  const counts: (readonly number[])[] = []
  for (const { host, width, levels } of TOWERS) {
    const dns = await startDnsRounds(named.port)
    const ldap = await startLdapRounds(slapd.port)
    const config = serverConfig({ dns: dns.server, ldap: `ldap://${ldap.server}` })
    try {
      await withFiles({ 'c.yaml': config }, async directory => {
        const args = ['lookup', host, '--no-implicit', '--config', join(directory, 'c.yaml')]
        const { stdout, stderr } = await runInProcess(args)
        t.equal(stdout.split('\n').filter(Boolean).length, width * levels, `${host} ${stderr}`)
      })
    } finally {
      await dns.stop()
      await ldap.stop()
    }
    counts.push([dns.rounds(), ldap.rounds()])
  }
  return counts
}

/** Round trips of the name server and of the directory server for one level more: a name that is there takes two. */
const SITES = [
  { where: 'the zone', zone: zoneHead + hosts + inZone, ldif: top, level: [2, 1] },
  { where: 'the directory', zone: zoneHead + hosts, ldif: [top, ...inDirectory].join('\n'), level: [1, 1] },
]

for (const { where, zone, ldif, level } of SITES) {
  t.test(`classes in ${where}: round trips by depth of dependency, not by number of classes`, async t => {
    const [few = [], many = [], deep = []] = await countRounds(t, zone, ldif)
    t.strictSame(many, few, 'sixty classes in three levels cost what six do')
    const deeper = few.map((count, server) => count + 3 * (level[server] ?? 0))
    t.strictSame(deep, deeper, 'three levels more cost so much more')
  })
}
