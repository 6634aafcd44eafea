import type { Entry } from '../source/ldap/entry.ts'
import { parseLdif } from '../source/ldap/ldif.ts'

/** Entries written as LDIF; a fault in it fails the test. */
export const entriesOf = (ldif: string): readonly Entry[] => {
  const { value, diagnostics } = parseLdif(Buffer.from(ldif), 'test.ldif')
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '))
  return value
}

/** One entry below `dc=x`, written in short: its RDN, its object classes, then `name: value` lines. */
export const entryOf = (rdn: string, objectClasses: string, ...lines: readonly string[]): Entry => {
  const classes = objectClasses.split(' ').map(name => `objectClass: ${name}`)
  const [entry] = entriesOf([`dn: ${rdn},dc=x`, ...classes, ...lines].join('\n'))
  if (entry === undefined) throw new Error(`no entry ${rdn}`)
  return entry
}
