import { type Outcome, warningAt } from '../../diagnostic/diagnostic.ts'
import { foldDnsName, isAtOrBelow } from '../../model/dns-name.ts'
import { reverseName } from '../../model/reverse-name.ts'
import { REGISTER } from './registration.ts'

/** Where the PTR record of an address stands. */
export type Pointer = { readonly address: string; readonly owner: string; readonly zone: string }

/** What the zones say of a reverse name: the name behind its aliases (RFC 2317, section 4), and the zone by its SOA. */
export type ReverseZone = { readonly owner: string; readonly zone: string }

/** What is known of an address before its zone is chosen. */
export type PointerFacts = {
  readonly address: string
  /** What was found and may be used; else why nothing was. */
  readonly found: ReverseZone | { readonly owner: string; readonly reason: string }
  /** `register.reverse`; undefined where the configuration leaves it to the zones. */
  readonly given: readonly string[] | undefined
}

/**
 * Chooses the zone of a PTR record; without one, a warning. An entry of `reverse` holds what is at or below it. Pure.
 *
 *     reverse     found                      the zone
 *     absent      a zone                     the one found
 *     absent      nothing                    none
 *     an entry holds the name behind aliases
 *                 a zone at or below it      the one found
 *                 another zone, or nothing   the entry's
 *     no entry holds it                      none
 */
export const choosePointer = ({ address, found, given }: PointerFacts): Outcome<Pointer> => {
  const { owner } = found
  const zone = 'zone' in found ? found.zone : undefined
  if (given === undefined) {
    return 'zone' in found ? chosen({ address, owner, zone: found.zone }) : noPointer(address, found.reason)
  }
  const entry = mostSpecific(owner, given)
  if (entry === undefined) {
    const alias = owner === reverseName(address) ? '' : `, to which ${reverseName(address)} is an alias`
    return noPointer(address, `no zone of register.reverse holds ${owner}${alias}`)
  }
  return chosen({
    address,
    owner,
    zone: zone !== undefined && isAtOrBelow(zone, entry) ? zone : foldDnsName(entry),
  })
}

/** An address that gets no PTR record, and why. Pure. */
export const noPointer = (address: string, reason: string): Outcome<never> => ({
  value: undefined,
  diagnostics: [warningAt('reverse-zone-missing', `${address} gets no PTR record: ${reason}`, REGISTER)],
})

/** The longest of the zones that hold the name; undefined where none does. Pure. */
export const mostSpecific = (name: string, zones: readonly string[]): string | undefined =>
  zones.filter(zone => isAtOrBelow(name, zone)).sort((a, b) => b.length - a.length)[0]

const chosen = (value: Pointer): Outcome<Pointer> => ({ value, diagnostics: [] })
