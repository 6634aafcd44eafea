import type { MigratedClass, Migration } from '../plan/migration.ts'
import { requiresStrings } from '../plan/migration.ts'

/** A master file (RFC 1035, section 5) for the domain, complete so that it can be read as it is. Pure. */
export const renderMigrationZone = ({ domain, hosts, definitions }: Migration, origin: string): string =>
  [
    `; Classes of ${hosts.length} hosts as TXT records. SOA and NS only make this a zone of its own.`,
    `$ORIGIN ${origin}.`,
    '$TTL 300',
    `@ IN SOA localhost. hostmaster.localhost. 1 3600 900 1209600 300`,
    '@ IN NS localhost.',
    ...domain.map(text => txt('_default._fai', text)),
    ...hosts.flatMap(({ host, memberships }) =>
      memberships.length === 0
        ? [`; ${host} asks for no class; an address record makes it known`]
        : memberships.map(text => txt(`_fai.${host}`, text)),
    ),
    ...definitions.flatMap(definition => [
      ...definition.notes.map(note => `; ${note}`),
      ...zoneDefinition(definition).map(text => txt(`${definition.name}._class`, text)),
    ]),
    '',
  ].join('\n')

/** An LDIF (RFC 2849) with the entries of `schema/`, complete with those above them. Pure. */
export const renderMigrationLdif = ({ domain, hosts, definitions }: Migration, origin: string): string => {
  const base = baseOf(origin)
  const unit = (name: string, ...more: string[]): readonly string[] => [
    `dn: ou=${name},${base}`,
    ...['organizationalUnit', ...(more.length > 0 ? ['faiMember'] : [])].map(each => `objectClass: ${each}`),
    `ou: ${name}`,
    ...more,
  ]
  const top = ['dcObject', 'organization'].map(name => `objectClass: ${name}`)
  const entries: (readonly string[])[] = [
    [`dn: ${base}`, ...top, `dc: ${origin.split('.')[0]}`, `o: ${origin}`],
    unit('hosts', ...domain.map(text => attribute('faiMembership', text))),
    ...hosts.map(({ host, memberships }) => [
      `dn: cn=${host},ou=hosts,${base}`,
      ...['device', 'domainRelatedObject', 'faiMember'].map(name => `objectClass: ${name}`),
      `cn: ${host}`,
      `associatedDomain: ${host}.${origin}`,
      ...memberships.map(text => attribute('faiMembership', text)),
    ]),
    unit('classes'),
    ...definitions.map(definition => [
      ...definition.notes.map(note => `# ${note}`),
      ...(isSaid(definition) ? ldifDefinition(definition, base) : []),
    ]),
  ]
  return `version: 1\n\n${entries.map(lines => lines.map(line => `${line}\n`).join('')).join('\n')}`
}

/** The DN of a domain (RFC 2247). */
export const baseOf = (domain: string): string =>
  domain
    .split('.')
    .map(name => `dc=${name}`)
    .join(',')

const isSaid = ({ requires, variables }: MigratedClass): boolean => requires.length + variables.length > 0

const zoneDefinition = ({ requires, variables }: MigratedClass): readonly string[] => [
  ...requiresStrings(requires).map(text => `requires=${text}`),
  ...variables.map(({ name, value }) => `var.${name}=${value}`),
]

const ldifDefinition = ({ name, requires, variables }: MigratedClass, base: string): readonly string[] => [
  `dn: cn=${name},ou=classes,${base}`,
  'objectClass: faiClassEntry',
  `cn: ${name}`,
  ...requiresStrings(requires).map(text => attribute('faiRequires', text)),
  ...variables.map(({ name: variable, value }) => attribute('faiVariableSetting', `${variable}=${value}`)),
]

/** Strings of 255 octets are joined without a blank (contract, section 2.1). */
const txt = (owner: string, text: string): string => {
  const bytes = Buffer.from(text)
  const strings = Array.from({ length: Math.ceil(bytes.length / 255) || 1 }, (_, index) =>
    quoted(bytes.subarray(index * 255, (index + 1) * 255)),
  )
  return `${owner} IN TXT ${strings.join(' ')}`
}

/** RFC 1035, section 5.1: what is not printable ASCII as `\DDD`. */
const quoted = (bytes: Buffer): string => {
  const characters = [...bytes].map(byte => {
    const character = String.fromCharCode(byte)
    if (character === '"' || character === '\\') return `\\${character}`
    return byte < 32 || byte > 126 ? `\\${String(byte).padStart(3, '0')}` : character
  })
  return `"${characters.join('')}"`
}

/** RFC 2849: in Base64 where the value is no SAFE-STRING. */
const attribute = (name: string, value: string): string =>
  /^(?![ :<])[ -~]*(?<! )$/.test(value)
    ? `${name}: ${value}`
    : `${name}:: ${Buffer.from(value).toString('base64')}`
