import type { Random } from './random.ts'

/** A small directory that is edited at random; each edit is the text of one change record. */
export type EditedDirectory = { readonly ldif: string; readonly edit: () => string }

const BASE = 'dc=example,dc=test'
const GROUPS = ['g0', 'g1', 'g2']
const CLASSES = ['WEB', 'DB', 'MAIL', 'SITE']
const HOSTS = 30

/** Hosts in three OUs, groups that hold some of them and each other, a netgroup and definitions. */
export const editedDirectory = (random: Random): EditedDirectory => {
  const ous = ['a', 'b', 'c']
  const hosts = new Map<string, string>()
  let made = 0

  const classes = (): string => random.sample(CLASSES, 3).join(' ') || 'SITE'
  const ouDn = (ou: string): string => `ou=${ou},${BASE}`
  const hostDn = (name: string): string => `cn=${name},${ouDn(hosts.get(name) ?? '')}`
  const pickHost = (): string => random.pick([...hosts.keys()])
  const members = (): string =>
    [...random.sample([...hosts.keys()], 5).map(hostDn), `cn=${random.pick(GROUPS)},${BASE}`]
      .map(dn => `member: ${dn}`)
      .join('\n')
  const newHost = (): readonly [dn: string, lines: string] => {
    const name = `h${made++}`
    hosts.set(name, random.pick(ous))
    const kinds = 'objectClass: device\nobjectClass: faiMember\nobjectClass: domainRelatedObject\n'
    return [hostDn(name), `${kinds}associatedDomain: ${name}.example.test\nfaiMembership: ${classes()}\n`]
  }
  const replace = (dn: string, attribute: string, lines: string): string =>
    `dn: ${dn}\nchangetype: modify\nreplace: ${attribute}\n${lines}\n`
  const move = (dn: string, rdn: string, above: string): string =>
    `dn: ${dn}\nchangetype: modrdn\nnewrdn: ${rdn}\ndeleteoldrdn: 1\nnewsuperior: ${above}\n`
  const moveHost = (name: string, to: string, ou: string): string => {
    const before = hostDn(name)
    hosts.delete(name)
    hosts.set(to, ou)
    return move(before, `cn=${to}`, ouDn(ou))
  }
  const renameOu = (index: number): string => {
    const before = ous[index] ?? ''
    const after = `o${made++}`
    ous[index] = after
    for (const [name, ou] of hosts) if (ou === before) hosts.set(name, after)
    return move(ouDn(before), `ou=${after}`, BASE)
  }
  const membership = (dn: string): string => replace(dn, 'faiMembership', `faiMembership: ${classes()}`)
  const edits: readonly (() => string)[] = [
    () => {
      const [dn, lines] = newHost()
      return `dn: ${dn}\nchangetype: add\n${lines}`
    },
    () => {
      const name = pickHost()
      const dn = hostDn(name)
      hosts.delete(name)
      return `dn: ${dn}\nchangetype: delete\n`
    },
    () => membership(hostDn(pickHost())),
    () => membership(`cn=${random.pick(GROUPS)},${BASE}`),
    () => membership(ouDn(ous[0] ?? '')),
    () =>
      replace(
        hostDn(pickHost()),
        'associatedDomain',
        `associatedDomain: h${random.below(made)}.example.test`,
      ),
    () => moveHost(pickHost(), `h${made++}`, random.pick(ous)),
    () => {
      const name = pickHost()
      return moveHost(name, name, random.pick(ous))
    },
    () => renameOu(random.below(ous.length)),
    () => replace(`cn=${random.pick(GROUPS)},${BASE}`, 'member', members()),
    () => replace(`cn=n0,${BASE}`, 'nisNetgroupTriple', `nisNetgroupTriple: (${pickHost()},,)`),
    () => replace(`cn=${random.pick(CLASSES)},${BASE}`, 'faiRequires', `faiRequires: ${classes()}`),
  ]
  const entry = (dn: string, lines: string): string => `dn: ${dn}\n${lines}\n`
  const ldif = [
    entry(BASE, 'objectClass: dcObject\nobjectClass: organization\ndc: example\no: x\n'),
    // The first is read by hosts; the others only stand above them.
    ...ous.map((ou, index) =>
      entry(
        ouDn(ou),
        `objectClass: organizationalUnit\n${index === 0 ? 'objectClass: faiMember\n' : ''}ou: ${ou}\n`,
      ),
    ),
    ...Array.from({ length: HOSTS }, () => entry(...newHost())),
    ...GROUPS.map(name =>
      entry(
        `cn=${name},${BASE}`,
        `objectClass: groupOfNames\nobjectClass: faiMember\ncn: ${name}\nfaiMembership: ${classes()}\n${members()}\n`,
      ),
    ),
    entry(`cn=n0,${BASE}`, `objectClass: nisNetgroup\nobjectClass: faiMember\ncn: n0\nfaiMembership: MAIL\n`),
    ...CLASSES.map(name => entry(`cn=${name},${BASE}`, `objectClass: faiClassEntry\ncn: ${name}\n`)),
  ].join('\n')
  return { ldif, edit: () => `${hosts.size === 0 ? edits[0]?.() : random.pick(edits)()}\n` }
}
