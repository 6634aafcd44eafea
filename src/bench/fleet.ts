import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Random, randomFrom } from '../testing/random.ts'
import { withFiles } from '../testing/site-files.ts'
import { ROOT } from '../testing/test-files.ts'

const SEED = 1
const HOSTS = 100_000
const CLASSES = 5_000
const ROLES = 500

/** What `print-fleet.ts` measured. */
type Fleet = Readonly<
  Record<'hosts' | 'classes' | 'wholeSeconds' | 'recordsSeconds' | 'resolveSeconds' | 'peakMiB', number>
>

/**
 * 100,000 hosts and 5,000 classes from a master file (hosts, addresses, half of the classes) and an LDIF (the other
 * half): seconds to read both and to resolve all hosts, and peak memory, in a process of its own. It has no peer.
 */
export const run = async (): Promise<void> => {
  const random = randomFrom(SEED)
  const classes = drawClasses(random)
  const half = CLASSES / 2
  const files = {
    'site.zone': renderZone(random, classes.slice(0, half)),
    'site.ldif': renderLdif(classes.slice(half)),
  }
  await withFiles(files, async directory => {
    const args = [
      join(ROOT, 'src/testing/print-fleet.ts'),
      join(directory, 'site.zone'),
      join(directory, 'site.ldif'),
    ]
    const { status, stdout } = spawnSync(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`print-fleet ended with ${status}`)
    const fleet: Fleet = JSON.parse(stdout)
    const rows: readonly (readonly [string, string])[] = [
      ['hosts', String(fleet.hosts)],
      ['classes of a list, on average', (fleet.classes / fleet.hosts).toFixed(1)],
      ['read the files', `${fleet.wholeSeconds.toFixed(1)} s`],
      ['look up what they say of each host', `${fleet.recordsSeconds.toFixed(1)} s`],
      ['resolve', `${fleet.resolveSeconds.toFixed(1)} s`],
      ['peak memory', `${fleet.peakMiB.toFixed(0)} MiB`],
    ]
    for (const [what, figure] of rows) process.stdout.write(`${what.padEnd(40)}${figure.padStart(12)}\n`)
    const ratio = fleet.resolveSeconds.toFixed(2)
    process.stdout.write(
      `fleet: ${ratio}x one second to resolve, ${(fleet.peakMiB / 1024).toFixed(2)}x 1 GiB (one run)\n`,
    )
  })
}

type Definition = { readonly name: string; readonly requires: readonly string[] }

/** Every tenth class is a role, which requires three others; those require up to two of the first hundred. */
const drawClasses = (random: Random): readonly Definition[] => {
  const names = Array.from({ length: CLASSES }, (_, index) => `C${index}`)
  return names.map((name, index) => {
    const parts = index < 100 ? [] : random.sample(names.slice(0, 100), random.below(3))
    const more = index >= CLASSES - ROLES ? random.sample(names.slice(100, 2000), 3) : []
    return { name, requires: [...parts, ...more] }
  })
}

const renderZone = (random: Random, classes: readonly Definition[]): string =>
  [
    '$TTL 300',
    '@ IN SOA ns1 hostmaster 1 3600 900 1209600 300',
    '@ IN NS ns1',
    'ns1 IN A 127.0.0.1',
    '_default._fai IN TXT "C0 C1"',
    ...classes
      .map(({ name, requires }) => `${name}._class IN TXT "requires=${['C0', ...requires].join(' ')}"`)
      .slice(1),
    'C0._class IN TXT "description=base"',
    ...Array.from({ length: HOSTS }, (_, index) => {
      const role = `C${CLASSES - 1 - random.below(ROLES)}`
      const own = `C${random.below(CLASSES)}`
      const octets = [10, index >> 16, (index >> 8) & 255, index & 255].join('.')
      return `h${index} IN A ${octets}\n_fai.h${index} IN TXT "${role} ${own}"`
    }),
    '',
  ].join('\n')

const renderLdif = (classes: readonly Definition[]): string =>
  [
    'version: 1\n\ndn: dc=example,dc=test\nobjectClass: domain\ndc: example\n',
    ...classes.map(({ name, requires }) =>
      [
        `dn: cn=${name},dc=example,dc=test`,
        'objectClass: faiClassEntry',
        `cn: ${name}`,
        ...(requires.length === 0 ? [] : [`faiRequires: ${requires.join(' ')}`]),
        '',
      ].join('\n'),
    ),
  ].join('\n')
