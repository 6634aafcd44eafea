import type { Random } from './random.ts'
import {
  type DrawnClass,
  drawCondition,
  drawMembership,
  FAULTY_CLASSES,
  FAULTY_STRINGS,
  VALUES,
} from './random-site-classes.ts'

/** A host before it is written down. */
export type DrawnHost = { readonly short: string; readonly fqdn: string; readonly index: number }

const DIRECTORY_BASE = 'dc=example,dc=test'

type Entry = { readonly dn: string; readonly lines: readonly string[] }

const SITES = 12
const GROUP_SIZE = 25

/** The LDIF of a site: OUs that ask for classes, hosts by every rank, groups of three kinds, definitions. */
export const drawDirectory = (
  random: Random,
  hosts: readonly DrawnHost[],
  classes: readonly DrawnClass[],
): string => {
  const entries = hosts.flatMap(host => drawHostEntries(random, host))
  const all = [
    entry(DIRECTORY_BASE, ['domain', 'faiMember'], 'dc: example', 'faiMembership: 100 C0'),
    ...['hosts', 'groups', 'classes'].map(name =>
      entry(`ou=${name},${DIRECTORY_BASE}`, ['organizationalUnit'], `ou: ${name}`),
    ),
    ...Array.from({ length: SITES }, (_, site) => drawSiteEntry(random, site)),
    ...entries,
    ...drawGroups(
      random,
      entries.map(({ dn }) => dn),
    ),
    ...drawNetgroups(random, hosts),
    ...classes.map(classEntry),
  ]
  return all.map(({ dn, lines }) => [`dn: ${dn}`, ...lines, ''].join('\n')).join('\n')
}

const entry = (dn: string, classes: readonly string[], ...lines: readonly string[]): Entry => ({
  dn,
  lines: [...classes.map(name => `objectClass: ${name}`), ...lines],
})

/** Every other site stands in the one before it. */
const siteDn = (site: number): string =>
  site % 2 === 1 ? `ou=s${site},${siteDn(site - 1)}` : `ou=s${site},ou=hosts,${DIRECTORY_BASE}`

const drawSiteEntry = (random: Random, site: number): Entry =>
  entry(
    siteDn(site),
    ['organizationalUnit', 'faiMember'],
    `ou: s${site}`,
    `faiMembership: ${500 + site} ${drawMembership(random, 2)}`,
    `faiMembership: 600 ${drawCondition(random)} ${drawMembership(random, 1)}`,
    `faiVariableSetting: SITE=${random.pick(VALUES)} ${site}`,
  )

/** None, one, or two entries of a host, which carry its full name, or its short one, or both. */
const drawHostEntries = (random: Random, host: DrawnHost): readonly Entry[] => {
  const one = (of: number): boolean => random.below(of) === 0
  if (one(4)) return []
  const first = drawHostEntry(random, host, siteDn(random.below(SITES)))
  return one(100) ? [first, drawHostEntry(random, host, `ou=groups,${DIRECTORY_BASE}`)] : [first]
}

const drawHostEntry = (random: Random, { short, fqdn, index }: DrawnHost, above: string): Entry => {
  const one = (of: number): boolean => random.below(of) === 0
  const name = one(5) ? fqdn : short
  const isMember = !one(20)
  const carriesDomain = !one(3)
  const classes = [
    ...['device', 'ipHost', 'ieee802Device'],
    ...(isMember ? ['faiMember'] : []),
    ...(carriesDomain ? ['domainRelatedObject'] : []),
  ]
  // A second part of the RDN keeps the two hosts of one short name apart.
  return entry(
    `cn=${name}+serialNumber=${index},${above}`,
    classes,
    `cn: ${name}`,
    `serialNumber: ${index}`,
    ...(carriesDomain ? [`associatedDomain: ${fqdn}`] : []),
    `macAddress: 02:00:00:${[16, 8, 0].map(shift => ((index >> shift) & 255).toString(16).padStart(2, '0')).join(':')}`,
    `ipHostNumber: 10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    ...(isMember && one(2) ? [`faiMembership: ${drawMembership(random, 3)}`] : []),
    ...(isMember && one(4)
      ? [`faiMembership: 2000 ${drawCondition(random)} ${drawMembership(random, 2)}`]
      : []),
    ...(isMember && one(6) ? [`faiVariableSetting: V${random.below(8)}=${random.pick(VALUES)}`] : []),
    ...(isMember && one(60) ? [`faiMembership: 3000 ${random.pick(FAULTY_CLASSES)}`] : []),
    ...(isMember && one(200) ? [`faiMembership: ${random.pick(FAULTY_STRINGS)}`] : []),
  )
}

/** Groups of hosts, groups of those, one of all of them, and two that hold each other. */
const drawGroups = (random: Random, hostDns: readonly string[]): readonly Entry[] => {
  const dnOf = (name: string): string => `cn=${name},ou=groups,${DIRECTORY_BASE}`
  const group = (
    name: string,
    kind: 'groupOfNames' | 'groupOfUniqueNames',
    members: readonly string[],
  ): Entry => {
    const attribute = kind === 'groupOfNames' ? 'member' : 'uniqueMember'
    return entry(
      dnOf(name),
      [kind, 'faiMember'],
      `cn: ${name}`,
      `faiMembership: ${drawMembership(random, 2)}`,
      ...members.map(dn => `${attribute}: ${dn}`),
    )
  }
  const count = Math.ceil(hostDns.length / GROUP_SIZE)
  const groups = Array.from({ length: count }, (_, index) =>
    group(
      `g${index}`,
      index % 3 === 0 ? 'groupOfUniqueNames' : 'groupOfNames',
      random.sample(hostDns, GROUP_SIZE),
    ),
  )
  const tens = Array.from({ length: Math.ceil(count / 10) }, (_, ten) => ten)
  return [
    ...groups,
    ...tens.map(ten =>
      group(
        `t${ten}`,
        'groupOfUniqueNames',
        groups.slice(ten * 10, ten * 10 + 10).map(({ dn }) => dn),
      ),
    ),
    group(
      'all',
      'groupOfNames',
      tens.filter(ten => ten % 2 === 0).map(ten => dnOf(`t${ten}`)),
    ),
    group('ring1', 'groupOfNames', [dnOf('ring2'), dnOf('g1')]),
    group('ring2', 'groupOfUniqueNames', [dnOf('ring1'), ...hostDns.slice(0, 20)]),
  ]
}

/** Netgroups that name hosts, short and in full, one that holds others, one in no group, and one with a wildcard. */
const drawNetgroups = (random: Random, hosts: readonly DrawnHost[]): readonly Entry[] => {
  const netgroup = (name: string, membership: readonly string[], ...lines: readonly string[]): Entry =>
    entry(
      `cn=${name},ou=groups,${DIRECTORY_BASE}`,
      ['nisNetgroup', 'faiMember'],
      `cn: ${name}`,
      ...membership.map(text => `faiMembership: ${text}`),
      ...lines,
    )
  const triples = (): readonly string[] =>
    random
      .sample(hosts, 12)
      .map(({ short, fqdn }, index) => `nisNetgroupTriple: (${index % 2 === 0 ? short : fqdn},,)`)
  return [
    ...Array.from({ length: 4 }, (_, index) =>
      netgroup(`n${index}`, [drawMembership(random, 2)], ...triples()),
    ),
    netgroup('inner', [], ...triples()),
    netgroup('outer', ['C30 -C31'], 'memberNisNetgroup: inner', 'memberNisNetgroup: n0'),
    netgroup('anybody', ['C32'], 'nisNetgroupTriple: (,somebody,)'),
    entry(
      `cn=of-groups,ou=groups,${DIRECTORY_BASE}`,
      ['groupOfNames', 'faiMember'],
      'cn: of-groups',
      `member: cn=n1,ou=groups,${DIRECTORY_BASE}`,
      'faiMembership: C33',
    ),
  ]
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  requires: 'faiRequires',
  after: 'faiAfter',
  conflicts: 'faiConflicts',
  description: 'description',
}

/** An unknown key has no attribute to stand in. */
const classEntry = ({ name, strings }: DrawnClass): Entry =>
  entry(
    `cn=${name},ou=classes,${DIRECTORY_BASE}`,
    ['faiClassEntry'],
    `cn: ${name}`,
    ...strings.flatMap(text => {
      const [key = '', value = ''] = text.split(/=(.*)/s)
      if (key.startsWith('var.')) return `faiVariableSetting: ${key.slice(4)}=${value}`
      return ATTRIBUTES[key] === undefined ? [] : `${ATTRIBUTES[key]}: ${value}`
    }),
  )
