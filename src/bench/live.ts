import { join } from 'node:path'
import { runInProcess } from '../testing/command-run.ts'
import { startNamed } from '../testing/named.ts'
import { randomFrom } from '../testing/random.ts'
import { serverConfig } from '../testing/server-config.ts'
import { withFiles } from '../testing/site-files.ts'
import { startSlapd } from '../testing/slapd.ts'

const SEED = 1
const HOSTS = 10_000
const LOOKUPS = 500
const GROUPS = 100

/**
 * One lookup after another of random hosts, each as a command of its own with new connections, on a real named and a
 * real slapd with 10,000 hosts: p50 and p99 of wall time. It has no peer.
 */
export const run = async (): Promise<void> => {
  const named = await startNamed({ zones: [{ name: 'example.test', text: ZONE }] })
  try {
    const slapd = await startSlapd({ ldif: LDIF, databaseLines: INDEXES })
    try {
      const config = serverConfig({ dns: named.server, ldap: slapd.url })
      await withFiles({ 'live.yaml': config }, async directory => {
        const times = await timeLookups(join(directory, 'live.yaml'))
        const at = (share: number): string =>
          (times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(1)
        process.stdout.write(
          `live: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (${LOOKUPS} lookups, ${HOSTS} hosts)\n`,
        )
      })
    } finally {
      await slapd.stop()
    }
  } finally {
    await named.stop()
  }
}

/** Sorted; the first lookups, which load code, are left out. */
const timeLookups = async (config: string): Promise<readonly number[]> => {
  const random = randomFrom(SEED)
  const times: number[] = []
  for (let index = -20; index < LOOKUPS; index++) {
    const start = performance.now()
    const { exitCode, stderr } = await runInProcess(['lookup', `h${random.below(HOSTS)}`, '--config', config])
    if (exitCode !== 0) throw new Error(stderr)
    if (index >= 0) times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)
}

const indexes = Array.from({ length: HOSTS }, (_, index) => index)

/** Classes of four levels: a host asks for the highest. */
const ZONE = [
  '$TTL 300',
  '@ IN SOA ns1 hostmaster 1 3600 900 1209600 300',
  '@ IN NS ns1',
  'ns1 IN A 127.0.0.1',
  '_default._fai IN TXT "FAIBASE"',
  ...indexes.map(
    index => `h${index} IN A 10.0.${index >> 8}.${index & 255}\n_fai.h${index} IN TXT "WEB R${index % 50}"`,
  ),
  'WEB._class IN TXT "requires=NGINX PHP"',
  'NGINX._class IN TXT "requires=DEBIAN"',
  'PHP._class IN TXT "requires=DEBIAN"',
  'DEBIAN._class IN TXT "requires=FAIBASE"',
  'FAIBASE._class IN TXT "description=base"',
  ...Array.from({ length: 50 }, (_, index) => `R${index}._class IN TXT "requires=DEBIAN"`),
  '',
].join('\n')

const BASE = 'dc=example,dc=test'

const LDIF = [
  `dn: ${BASE}\nobjectClass: domain\ndc: example\n`,
  `dn: ou=hosts,${BASE}\nobjectClass: organizationalUnit\nou: hosts\n`,
  ...indexes.map(
    index =>
      `dn: cn=h${index},ou=hosts,${BASE}\nobjectClass: device\nobjectClass: domainRelatedObject\ncn: h${index}\nassociatedDomain: h${index}.example.test\n`,
  ),
  ...Array.from({ length: GROUPS }, (_, group) =>
    [
      `dn: cn=g${group},${BASE}`,
      'objectClass: groupOfNames',
      'objectClass: faiMember',
      `cn: g${group}`,
      `faiMembership: ${2000 + group} R${group % 50}`,
      ...indexes
        .filter(index => index % GROUPS === group)
        .map(index => `member: cn=h${index},ou=hosts,${BASE}`),
      '',
    ].join('\n'),
  ),
].join('\n')

/** Without these slapd reads every entry for every question. */
const INDEXES = ['index cn,associatedDomain,member,uniqueMember,macAddress,ipHostNumber eq']
