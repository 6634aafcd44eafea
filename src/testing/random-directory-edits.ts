import type { Random } from './random.ts'

/** A small directory that is edited at random; each edit is the text of one change record. */
export type EditedDirectory = { readonly ldif: string; readonly edit: () => string }

const BASE = 'dc=example,dc=test'
const GROUPS = ['g0', 'g1', 'g2']
const CLASSES = ['WEB', 'DB', 'MAIL', 'SITE']
const HOSTS = 30

/** Hosts in three OUs, groups that hold some of them and each other, a netgroup and definitions. */
export const editedDirectory = (random: Random): EditedDirectory => {
  const drawn: Drawn = { random, ous: ['a', 'b', 'c'], hosts: new Map(), made: 0 }
  const entry = (dn: string, kind: string, lines: string): string =>
    `dn: ${dn}\nobjectClass: ${kind}\n${lines}\n`
  const member = 'objectClass: faiMember\n'
  const ldif = [
    entry(BASE, 'dcObject', 'objectClass: organization\ndc: example\no: x\n'),
    // The first is read by hosts; the others only stand above them.
    ...drawn.ous.map((ou, index) =>
      entry(ouDn(ou), 'organizationalUnit', `${index === 0 ? member : ''}ou: ${ou}\n`),
    ),
    ...Array.from({ length: HOSTS }, () => `${newHost(drawn).join('\n')}\n`),
    ...GROUPS.map(name =>
      entry(`cn=${name},${BASE}`, 'groupOfNames', `${member}cn: ${name}\n${members(drawn)}\n`),
    ),
    entry(`cn=n0,${BASE}`, 'nisNetgroup', `${member}cn: n0\nfaiMembership: MAIL\n`),
    ...CLASSES.map(name => entry(`cn=${name},${BASE}`, 'faiClassEntry', `cn: ${name}\n`)),
  ].join('\n')
  return { ldif, edit: () => `${(drawn.hosts.size === 0 ? addHost : random.pick(EDITS))(drawn)}\n` }
}

type Drawn = {
  readonly random: Random
  readonly ous: string[]
  /** The OU of each host. */
  readonly hosts: Map<string, string>
  /** Names given so far. */
  made: number
}

const ouDn = (ou: string): string => `ou=${ou},${BASE}`

const hostDn = ({ hosts }: Drawn, name: string): string => `cn=${name},${ouDn(hosts.get(name) ?? '')}`

const pickHost = ({ random, hosts }: Drawn): string => random.pick([...hosts.keys()])

const classes = ({ random }: Drawn): string => random.sample(CLASSES, 3).join(' ') || 'SITE'

const newName = (drawn: Drawn): string => {
  drawn.made += 1
  return `h${drawn.made}`
}

const newHost = (drawn: Drawn): readonly [dn: string, lines: string] => {
  const name = newName(drawn)
  drawn.hosts.set(name, drawn.random.pick(drawn.ous))
  const kinds = ['device', 'faiMember', 'domainRelatedObject'].map(kind => `objectClass: ${kind}\n`).join('')
  const lines = `associatedDomain: ${name}.example.test\nfaiMembership: ${classes(drawn)}\n`
  return [`dn: ${hostDn(drawn, name)}`, kinds + lines]
}

const addHost = (drawn: Drawn): string => newHost(drawn).join('\nchangetype: add\n')

const deleteHost = (drawn: Drawn): string => {
  const name = pickHost(drawn)
  const dn = hostDn(drawn, name)
  drawn.hosts.delete(name)
  return `dn: ${dn}\nchangetype: delete\n`
}

const members = (drawn: Drawn): string => {
  const hosts = drawn.random.sample([...drawn.hosts.keys()], 5).map(name => hostDn(drawn, name))
  return [...hosts, `cn=${drawn.random.pick(GROUPS)},${BASE}`].map(dn => `member: ${dn}`).join('\n')
}

const replace = (dn: string, attribute: string, lines: string): string =>
  `dn: ${dn}\nchangetype: modify\nreplace: ${attribute}\n${lines}\n`

const membership = (drawn: Drawn, dn: string): string =>
  replace(dn, 'faiMembership', `faiMembership: ${classes(drawn)}`)

const move = (dn: string, rdn: string, above: string): string =>
  `dn: ${dn}\nchangetype: modrdn\nnewrdn: ${rdn}\ndeleteoldrdn: 1\nnewsuperior: ${above}\n`

const moveHost = (drawn: Drawn, name: string, to: string): string => {
  const before = hostDn(drawn, name)
  const ou = drawn.random.pick(drawn.ous)
  drawn.hosts.delete(name)
  drawn.hosts.set(to, ou)
  return move(before, `cn=${to}`, ouDn(ou))
}

const renameOu = (drawn: Drawn): string => {
  const index = drawn.random.below(drawn.ous.length)
  const before = drawn.ous[index] ?? ''
  const after = newName(drawn)
  drawn.ous[index] = after
  for (const [name, ou] of drawn.hosts) if (ou === before) drawn.hosts.set(name, after)
  return move(ouDn(before), `ou=${after}`, BASE)
}

const EDITS: readonly ((drawn: Drawn) => string)[] = [
  addHost,
  deleteHost,
  renameOu,
  drawn => membership(drawn, hostDn(drawn, pickHost(drawn))),
  drawn => membership(drawn, `cn=${drawn.random.pick(GROUPS)},${BASE}`),
  drawn => membership(drawn, ouDn(drawn.ous[0] ?? '')),
  drawn => moveHost(drawn, pickHost(drawn), newName(drawn)),
  drawn => {
    const name = pickHost(drawn)
    return moveHost(drawn, name, name)
  },
  drawn => {
    const name = `associatedDomain: h${drawn.random.below(drawn.made)}.example.test`
    return replace(hostDn(drawn, pickHost(drawn)), 'associatedDomain', name)
  },
  drawn => replace(`cn=${drawn.random.pick(GROUPS)},${BASE}`, 'member', members(drawn)),
  drawn => replace(`cn=n0,${BASE}`, 'nisNetgroupTriple', `nisNetgroupTriple: (${pickHost(drawn)},,)`),
  drawn =>
    replace(`cn=${drawn.random.pick(CLASSES)},${BASE}`, 'faiRequires', `faiRequires: ${classes(drawn)}`),
]
