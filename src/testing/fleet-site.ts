import { type Random, randomFrom } from './random.ts'

const SEED = 1
const HOSTS = 100_000
const CLASSES = 5_000
const ROLES = 500

/** 100,000 hosts and 5,000 classes: hosts, addresses and half of the classes in `site.zone`, the other half in `site.ldif`. */
export const fleetFiles = (): Readonly<Record<'site.zone' | 'site.ldif', string>> => {
  const random = randomFrom(SEED)
  const classes = drawClasses(random)
  const half = CLASSES / 2
  return {
    'site.zone': renderZone(random, classes.slice(0, half)),
    'site.ldif': renderLdif(classes.slice(half)),
  }
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
