import { Attribute, Change, Client } from 'ldapts'
import { askPort, type EditedNamed, startEditedNamed } from '../testing/edited-named.ts'
import { freePort } from '../testing/free-port.ts'
import { startServe } from '../testing/serve-program.ts'
import { withFiles } from '../testing/site-files.ts'
import { type Slapd, startSlapd } from '../testing/slapd.ts'
import { encodeQuery } from '../wire/dns/query.ts'

const EDITS = 1000
const HOSTS = 1000
const SIZES = [1000, 10_000, 100_000]
const WIDE_ROUNDS = 5
const ZONE = 'example.test'
const PUBLISHED = 'classes.test'
const BASE = 'dc=example,dc=test'

/**
 * From the acknowledged edit to our changed answer: 1,000 edits of one host each, at a real named and at a real slapd; then
 * one class that all hosts have, with 1,000 to 100,000 of them. It has no peer; the ratio is to 100 ms.
 */
export const run = async (): Promise<void> => {
  const narrow = await withSite(HOSTS, async site => ({
    dns: await timeEdits(EDITS, index => editZone(site, index)),
    ldap: await timeEdits(EDITS, index => editDirectory(site, index)),
  }))
  process.stdout.write(`one host of ${HOSTS}, ${EDITS} edits, in ms${' '.repeat(12)}median       p99\n`)
  for (const [name, times] of Object.entries(narrow)) say(name === 'dns' ? 'named' : 'slapd', times)
  process.stdout.write(`a class of all hosts, ${WIDE_ROUNDS} edits, in ms\n`)
  for (const hosts of SIZES) {
    say(
      `${hosts} hosts`,
      await withSite(hosts, site => timeEdits(WIDE_ROUNDS, index => editClass(site, index, hosts))),
    )
  }
  const worst = Math.max(...Object.values(narrow).map(times => at(times, 0.5)))
  process.stdout.write(`propagation: ${(worst / 100).toFixed(2)} of 100 ms (the slower median)\n`)
}

type Site = { readonly named: EditedNamed; readonly ldap: Client; readonly port: number }

const withSite = async <T>(hosts: number, use: (site: Site) => Promise<T>): Promise<T> => {
  const port = await freePort()
  const named = await startEditedNamed({ name: ZONE, text: zoneText(hosts) }, port)
  try {
    const slapd = await startSlapd({
      ldif: ldif(hosts === HOSTS ? hosts : 0),
      syncprov: [],
      // slapd gives others 500 entries.
      databaseLines: ['limits * size=unlimited'],
    })
    try {
      return await withServe(named, slapd, port, use)
    } finally {
      await slapd.stop()
    }
  } finally {
    await named.stop()
  }
}

const withServe = async <T>(
  named: EditedNamed,
  slapd: Slapd,
  port: number,
  use: (site: Site) => Promise<T>,
): Promise<T> => {
  const config = `
sources:
  - { kind: dns, zone: ${ZONE}, servers: ["${named.server}"] }
  - { kind: ldap, url: "${slapd.url}", base: "${BASE}" }
resolution: { unknownClass: allow }
serve:
  dns: { listen: "127.0.0.1:${port}", zone: ${PUBLISHED}, primary: ns.example.test, responsesPerSecond: 0 }
  stateDirectory: state
  user: ${process.env['USER'] ?? 'root'}
`
  const ldap = new Client({ url: slapd.url })
  try {
    await ldap.bind(slapd.rootDn, slapd.rootPassword)
    return await withFiles({ 'propagation.yaml': config }, async directory => {
      const serve = await startServe(`${directory}/propagation.yaml`, [])
      try {
        await serve.until(/^lists of \d+ hosts are current/m)
        return await use({ named, ldap, port })
      } finally {
        await serve.stop()
      }
    })
  } finally {
    await ldap.unbind()
  }
}

/** Time of each edit, in milliseconds, sorted. `edit` resolves once it is acknowledged, with what waits for our answer. */
const timeEdits = async (
  edits: number,
  edit: (index: number) => Promise<() => Promise<void>>,
): Promise<readonly number[]> => {
  const times: number[] = []
  for (let index = 0; index < edits; index += 1) {
    const answered = await edit(index)
    const start = performance.now()
    await answered()
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)
}

const editZone = async (site: Site, index: number): Promise<() => Promise<void>> => {
  const host = `h${index % HOSTS}`
  await site.named.setText(`_fai.${host}.${ZONE}`, `WEB D${index}`)
  return () => untilListed(site, host, `D${index}`)
}

const editDirectory = async ({ ldap, ...site }: Site, index: number): Promise<() => Promise<void>> => {
  const host = `h${index % HOSTS}`
  const modification = new Attribute({ type: 'faiMembership', values: [`L${index}`] })
  await ldap.modify(`cn=${host},${BASE}`, new Change({ operation: 'replace', modification }))
  return () => untilListed(site, host, `L${index}`)
}

const editClass = async (site: Site, index: number, hosts: number): Promise<() => Promise<void>> => {
  await site.named.setText(`WEB._class.${ZONE}`, `requires=NGINX W${index}`)
  return async () => {
    await untilListed(site, 'h0', `W${index}`)
    await untilListed(site, `h${hosts - 1}`, `W${index}`)
  }
}

const untilListed = async ({ port }: Pick<Site, 'port'>, host: string, className: string): Promise<void> => {
  const owner = `${host}.${PUBLISHED}`
  const query = encodeQuery({ id: 0, owner, type: 'TXT', recursion: false, authenticData: false })
  for (;;) {
    const { answers } = await askPort(port, query)
    const words = answers.flatMap(({ rdata }) => rdata.toString('latin1').split(/[^\w-]/))
    if (words.includes(className)) return
  }
}

const at = (times: readonly number[], share: number): number =>
  times[Math.floor(times.length * share)] ?? Number.NaN

const say = (name: string, times: readonly number[]): void => {
  const figures = [at(times, 0.5), at(times, 0.99)].map(ms => ms.toFixed(1).padStart(10)).join('')
  process.stdout.write(`  ${name.padEnd(34)}${figures}\n`)
}

const zoneText = (hosts: number): string =>
  [
    '$TTL 300',
    '@ IN SOA ns1 hostmaster 1 3600 900 1209600 300',
    '@ IN NS ns1',
    'ns1 IN A 127.0.0.1',
    '_default._fai IN TXT "FAIBASE"',
    'WEB._class IN TXT "requires=NGINX"',
    'NGINX._class IN TXT "requires=DEBIAN"',
    ...Array.from({ length: hosts }, (_, index) => {
      const octets = [10, index >> 16, (index >> 8) & 255, index & 255].join('.')
      return `h${index} IN A ${octets}\n_fai.h${index} IN TXT "WEB"`
    }),
    '',
  ].join('\n')

const ldif = (hosts: number): string =>
  [
    `dn: ${BASE}\nobjectClass: domain\ndc: example\n`,
    ...Array.from({ length: hosts }, (_, index) =>
      [
        `dn: cn=h${index},${BASE}`,
        'objectClass: device',
        'objectClass: domainRelatedObject',
        'objectClass: faiMember',
        `cn: h${index}`,
        `associatedDomain: h${index}.${ZONE}`,
        'faiMembership: LDAP',
        '',
      ].join('\n'),
    ),
  ].join('\n')
