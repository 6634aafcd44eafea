import { type Diagnostic, errorAt, type Outcome, warningAt } from '../../diagnostic/diagnostic.ts'
import { foldDnsName, isAtOrBelow } from '../../model/dns-name.ts'
import { formatIpAddress, parseIpAddress } from '../../model/ip-address.ts'
import { reverseName } from '../../model/reverse-name.ts'
import type { TsigKey } from '../../model/tsig-key.ts'
import { planForward, planForwardRemoval } from './forward.ts'
import { planReverse, type ReverseChange } from './reverse.ts'
import type { ZoneUpdate } from './update.ts'

/** `register` of the configuration (contract, section 8), its key read. */
export type RegisterConfig = {
  readonly server: string
  readonly zone: string
  readonly reverse: readonly string[]
  readonly tsig?: TsigKey
  readonly ttlSeconds: number
  readonly records: readonly ('A' | 'AAAA' | 'PTR' | 'SSHFP')[]
}

/** A host that is to be known by these addresses, or by none any more. */
export type Registration = {
  readonly fqdn: string
  readonly addresses: readonly string[]
  /** What the zone has for the name now, so that PTR records of given-up addresses go too. */
  readonly previous: readonly string[]
  readonly config: Pick<RegisterConfig, 'zone' | 'reverse' | 'ttlSeconds' | 'records'>
}

/** An address in its single form, and the type of its record. */
export type TypedAddress = { readonly type: 'A' | 'AAAA'; readonly text: string }

/**
 * Plans the registration of a host: one message for the forward zone, one for each
 * reverse zone, the forward one first. Pure. Repeating it changes nothing; another
 * address replaces the old one. SSHFP is left to a later version.
 */
export const planRegistration = (registration: Registration): Outcome<readonly ZoneUpdate[]> => {
  const { fqdn, config } = registration
  const outside = checkZone(registration)
  const { value: addresses = [], diagnostics } = wantedAddresses(registration)
  if (outside.length > 0 || diagnostics.length > 0) {
    return { value: undefined, diagnostics: [...outside, ...diagnostics] }
  }
  const kept = new Set(addresses.map(({ text }) => text))
  const given = typed(registration.previous).filter(({ text }) => !kept.has(text))
  const changes = [
    ...addresses.map(address => ({ kind: 'add', address: address.text }) as const),
    ...given.map(address => ({ kind: 'remove', address: address.text }) as const),
  ]
  const reverse = reverseUpdates(changes, registration)
  return {
    value: [planForward(foldDnsName(fqdn), addresses, config), ...reverse.updates],
    diagnostics: reverse.diagnostics,
  }
}

/**
 * Plans the removal of what a registration made, and of nothing else. The addresses
 * say which PTR records go; the forward zone needs none. Pure.
 */
export const planRemoval = (registration: Registration): Outcome<readonly ZoneUpdate[]> => {
  const diagnostics = checkZone(registration)
  if (diagnostics.length > 0) return { value: undefined, diagnostics }
  const { fqdn, addresses, previous, config } = registration
  const known = new Set(typed([...addresses, ...previous]).map(({ text }) => text))
  const reverse = reverseUpdates(
    [...known].map(address => ({ kind: 'remove', address }) as const),
    registration,
  )
  return { value: [planForwardRemoval(foldDnsName(fqdn), config), ...reverse.updates], diagnostics: [] }
}

const checkZone = ({ fqdn, config }: Registration): Diagnostic[] =>
  isAtOrBelow(fqdn, config.zone)
    ? []
    : [errorAt('name-invalid', `${fqdn} is not in the zone ${config.zone} that register writes to`, REGISTER)]

const REGISTER = { kind: 'option', option: 'register' } as const

const wantedAddresses = ({ fqdn, addresses, config }: Registration): Outcome<readonly TypedAddress[]> => {
  const diagnostics = addresses
    .filter(text => parseIpAddress(text) === undefined)
    .map(text => errorAt('address-unknown', `"${text}" is not an address`, REGISTER))
  const value = typed(addresses).filter(({ type }) => config.records.includes(type))
  if (value.length === 0 && diagnostics.length === 0) {
    const types = config.records.filter(type => type === 'A' || type === 'AAAA').join(' or ')
    diagnostics.push(
      errorAt('address-unknown', `${fqdn} has no address for ${types || 'A or AAAA'}`, REGISTER),
    )
  }
  return { value, diagnostics }
}

const typed = (addresses: readonly string[]): readonly TypedAddress[] => {
  const found = addresses.flatMap((text): TypedAddress[] => {
    const octets = parseIpAddress(text)
    if (octets === undefined) return []
    return [{ type: octets.length === 4 ? 'A' : 'AAAA', text: formatIpAddress(octets) }]
  })
  return [...new Map(found.map(address => [address.text, address])).values()]
}

type AddressChange = { readonly kind: 'add' | 'remove'; readonly address: string }

const reverseUpdates = (
  changes: readonly AddressChange[],
  { fqdn, config }: Registration,
): { updates: readonly ZoneUpdate[]; diagnostics: readonly Diagnostic[] } => {
  if (!config.records.includes('PTR')) return { updates: [], diagnostics: [] }
  const diagnostics: Diagnostic[] = []
  const byZone = new Map<string, ReverseChange[]>()
  for (const { kind, address } of changes) {
    const owner = reverseName(address) ?? ''
    const [zone] = config.reverse
      .filter(candidate => isAtOrBelow(owner, candidate))
      .sort((a, b) => b.length - a.length)
    if (zone !== undefined) {
      byZone.set(zone, [...(byZone.get(zone) ?? []), { kind, address, owner }])
    } else if (kind === 'add') {
      const message = `no zone of register.reverse holds ${owner}, so ${address} gets no PTR record`
      diagnostics.push(warningAt('reverse-zone-missing', message, REGISTER))
    }
  }
  const updates = [...byZone].flatMap(([zone, inZone]) =>
    planReverse(zone, inZone, foldDnsName(fqdn), config.ttlSeconds),
  )
  return { updates, diagnostics }
}
