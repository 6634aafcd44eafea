import { type Random, randomFrom } from './random.ts'
import {
  drawClasses,
  drawCondition,
  drawMembership,
  FAULTY_CLASSES,
  FAULTY_STRINGS,
  VALUES,
} from './random-site-classes.ts'
import { type DrawnHost, drawDirectory } from './random-site-directory.ts'

/** A site as its sources hold it: the text of a master file of `example.test`, and an LDIF. */
export type DrawnSite = {
  readonly zone: string
  readonly ldif: string
  /** Names that lead to a host of the site, or to none. */
  readonly aliases: readonly string[]
}

const ZONE = 'example.test'
const DOMAINS = [ZONE, `lab.${ZONE}`, `a.lab.${ZONE}`, `prod.${ZONE}`, `wild.${ZONE}`]
const HEAD = [
  '$TTL 300',
  '@ IN SOA ns1 hostmaster 2026112201 3600 900 1209600 300',
  '@ IN NS ns1',
  'ns1 IN A 127.0.0.1',
]

/**
 * Draws a site that is half-way realistic: hosts in five domains and twelve OUs, known by DNS, LDAP or both, some of
 * them faulty, and classes that are defined in the zone, in the directory, or half in each. The same seed draws the same.
 */
export const drawSite = (seed: number, count: number): DrawnSite => {
  const random = randomFrom(seed)
  const hosts = Array.from({ length: count }, (_, index): DrawnHost => {
    // Every hundredth has the short name of its neighbour in another domain.
    const short = `h${index % 100 === 99 ? index - 1 : index}`
    const domain = DOMAINS[index % DOMAINS.length]
    return { short, fqdn: `${short}.${domain}`, index }
  })
  const classes = drawClasses(random)
  const third = Math.floor(classes.length / 3)
  const zone = [
    ...HEAD,
    ...DOMAINS.map(domain => record(`_default._fai.${domain}`, drawMembership(random, 1))),
    record('_default._fai', `var.SITE=${random.pick(VALUES)}`),
    record('*.wild', 'fai=C20'),
    record('_fai.shared', 'C21 C22'),
    ...classes
      .slice(0, third * 2)
      .flatMap(({ name, strings }) => strings.map(text => record(`${name}._class`, text))),
    ...hosts.flatMap(host => hostRecords(random, host)),
    '',
  ].join('\n')
  return {
    zone,
    ldif: drawDirectory(random, hosts, classes.slice(third)),
    aliases: hosts.filter(isAliased).map(({ short }) => `www-${short}.${ZONE}`),
  }
}

/** Whether an alias leads to a host. */
const isAliased = ({ index }: DrawnHost): boolean => index % 50 === 7

const hostRecords = (random: Random, { short, fqdn, index }: DrawnHost): readonly string[] => {
  const one = (of: number): boolean => random.below(of) === 0
  const own = `_fai.${fqdn}`
  return [
    ...(one(10) ? [] : [`${fqdn}. IN A 10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`]),
    ...(one(5) ? [`${fqdn}. IN AAAA 2001:db8::${index.toString(16)}`] : []),
    ...(one(8) ? [record(fqdn, 'v=spf1 -all')] : []),
    ...(one(6) ? [record(fqdn, `fai=${drawMembership(random, 2)}`)] : []),
    ...(one(40) ? [`${own}. IN CNAME _fai.shared.${ZONE}.`] : ownRecords(random, own)),
    ...(isAliased({ short, fqdn, index }) ? aliasRecords(random, short, fqdn) : []),
  ]
}

const ownRecords = (random: Random, owner: string): readonly string[] => {
  const one = (of: number): boolean => random.below(of) === 0
  return [
    ...(one(2) ? [record(owner, drawMembership(random, 4))] : []),
    ...(one(4) ? [record(owner, `500 ${drawCondition(random)} ${drawMembership(random, 2)}`)] : []),
    ...(one(8) ? [record(owner, `var.V${random.below(8)}=${random.pick(VALUES)}`)] : []),
    ...(one(25) ? [record(owner, `3000 ${random.pick(FAULTY_CLASSES)}`)] : []),
    ...(one(150) ? [record(owner, random.pick(FAULTY_STRINGS))] : []),
  ]
}

const aliasRecords = (random: Random, short: string, fqdn: string): readonly string[] => [
  `www-${short} IN CNAME ${fqdn}.`,
  ...(random.below(3) === 0 ? [record(`_fai.www-${short}`, 'C23')] : []),
]

/** A TXT record; an owner in the zone may be written with or without it. */
const record = (owner: string, text: string): string => {
  const absolute = owner.endsWith(ZONE) ? `${owner}.` : owner
  return `${absolute} IN TXT "${text.replace(/["\\]/g, '\\$&')}"`
}
