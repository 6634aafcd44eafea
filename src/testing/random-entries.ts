import fc from 'fast-check'
import { and, equal, type Filter, or, prefix } from '../source/ldap/directory.ts'
import { parseDn } from '../source/ldap/dn.ts'
import type { Entry } from '../source/ldap/entry.ts'

const NAMES = ['a', 'b', 'c', 'd']
const ABOVE = ['dc=x', 'ou=o,dc=x', 'ou=p,ou=o,dc=x', 'dc=y']
const CLASSES = ['device', 'faiMember', 'groupOfNames', 'nisNetgroup', 'faiClassEntry']

const name = fc.constantFrom(...NAMES)
const dn = fc.tuple(name, fc.constantFrom(...ABOVE)).map(([cn, above]) => `cn=${cn},${above}`)
/** Spelled in several ways that mean the same. */
const spelled = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.boolean()).map(([value, upper]) => (upper ? ` ${value.toUpperCase()}` : value))
const texts = (text: fc.Arbitrary<string>) => fc.uniqueArray(text, { maxLength: 3 })

/** An entry below `dc=x` or beside it, of the few that there can be, so that they meet. */
export const anyEntry: fc.Arbitrary<Entry> = fc
  .record({
    dn,
    objectclass: texts(fc.constantFrom(...CLASSES)),
    cn: texts(spelled(name)),
    associateddomain: texts(name.map(text => `${text}.x`)),
    member: texts(spelled(dn)),
    faimembership: texts(name),
  })
  .map(({ dn: text, ...attributes }) => {
    const parsed = parseDn(text)
    if (!parsed.ok) throw new Error(`"${text}" is not a DN`)
    const filled = Object.entries(attributes).filter(([, values]) => values.length > 0)
    return {
      dn: parsed.dn,
      attributes: new Map(
        filled.map(([attribute, values]) => [attribute, values.map(value => ({ text: value }))]),
      ),
      origin: { kind: 'entry', dn: text },
    }
  })

const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.constantFrom(...CLASSES).map(value => equal('objectClass', value)),
  spelled(name).map(value => equal('commonName', value)),
  spelled(dn).map(value => equal('member', value)),
  name.map(value => prefix('associatedDomain', `${value}.`)),
  fc.constantFrom('member', 'faiMembership').map(attribute => ({ kind: 'present' as const, attribute })),
)

/** A filter over them, as questions ask: `and` and `or` of each other. */
export const anyFilter: fc.Arbitrary<Filter> = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 3 }).map(parts => or(...parts)),
  fc.tuple(leaf, leaf, leaf).map(([one, two, three]) => and(one, or(two, three))),
)
