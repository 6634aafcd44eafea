import { type Diagnostic, errorAt, type Outcome } from '../../diagnostic/diagnostic.ts'
import { foldDnsName, isAtOrBelow } from '../../model/dns-name.ts'
import { formatIpAddress, parseIpAddress } from '../../model/ip-address.ts'
import { type ForwardState, planForward, planForwardRemoval } from './forward.ts'
import type { Pointer } from './pointer.ts'
import { planReverse, type ReverseChange } from './reverse.ts'
import type { ZoneUpdate } from './update.ts'

/** What is to be written, of `register` in the configuration (contract, section 8). */
export type RegisterConfig = {
  readonly zone: string
  readonly ttlSeconds: number
  readonly records: readonly ('A' | 'AAAA' | 'PTR' | 'SSHFP')[]
}

/** What the forward zone says of a name before anything is changed; `isOurs` where its DHCID record is. */
export type Registered = { readonly addresses: readonly string[]; readonly isOurs: boolean }

/** A host that is to be known by these addresses, or by none any more. */
export type Registration = {
  readonly fqdn: string
  readonly addresses: readonly string[]
  /** SSHFP data of its host keys; undefined where nobody knows the keys. */
  readonly fingerprints?: readonly string[] | undefined
  /** Undefined where the server was not asked. */
  readonly registered: Registered | undefined
  /** Where the PTR records of all these addresses stand; one that is missing gets none. */
  readonly pointers: readonly Pointer[]
  readonly config: RegisterConfig
}

/** An address in its single form, and the type of its record. */
export type TypedAddress = { readonly type: 'A' | 'AAAA'; readonly text: string }

/** Where an administrator changes what is registered. */
export const REGISTER = { kind: 'option', option: 'register' } as const

/**
 * Plans the registration of a host: one message for the forward zone, one for each reverse zone. Pure. Repeating
 * it changes nothing; another address replaces the old one.
 *
 * The forward zone says whose name it is, so it comes first, but for one case: where the name is ours and gives
 * up an address, the PTR record of that address goes before. Only the forward zone remembers the address, so a repeat
 * after a refusal still knows what is left to do.
 */
export const planRegistration = (registration: Registration): Outcome<readonly ZoneUpdate[]> => {
  const { fqdn, config, fingerprints } = registration
  const outside = checkZone(registration)
  const { value: addresses = [], diagnostics } = wantedAddresses(registration)
  if (outside.length > 0 || diagnostics.length > 0) {
    return { value: undefined, diagnostics: [...outside, ...diagnostics] }
  }
  const state = stateOf(registration)
  const kept = new Set(addresses.map(({ text }) => text))
  const givenUp = ownAddresses(state, config).filter(({ text }) => !kept.has(text))
  const reverse = planReverseZones(registration, addresses, givenUp)
  const forward = planForward({
    fqdn: foldDnsName(fqdn),
    addresses,
    fingerprints: config.records.includes('SSHFP') ? fingerprints : undefined,
    state,
    config,
  })
  const before = reverse.filter(({ isGate }) => isGate)
  const behind = reverse.filter(({ isGate }) => !isGate)
  return { value: [...before, forward, ...behind], diagnostics: [] }
}

/**
 * Plans the removal of what a registration made, and of nothing else. The addresses say which PTR records go, beside
 * those of the name where it is ours. Then the forward zone comes last: it alone remembers them. Pure.
 */
export const planRemoval = (registration: Registration): Outcome<readonly ZoneUpdate[]> => {
  const diagnostics = checkZone(registration)
  if (diagnostics.length > 0) return { value: undefined, diagnostics }
  const { fqdn, addresses, config } = registration
  const state = stateOf(registration)
  const given = typed(addresses)
  const known = new Set(given.map(({ text }) => text))
  const own = ownAddresses(state, config).filter(({ text }) => !known.has(text))
  const reverse = planReverseZones(registration, [], [...given, ...own])
  const forward = planForwardRemoval(foldDnsName(fqdn), state, config)
  return { value: state?.isOurs ? [...reverse, forward] : [forward, ...reverse], diagnostics: [] }
}

const checkZone = ({ fqdn, config }: Registration): Diagnostic[] =>
  isAtOrBelow(fqdn, config.zone)
    ? []
    : [errorAt('name-invalid', `${fqdn} is not in the zone ${config.zone} that register writes to`, REGISTER)]

const stateOf = ({ registered }: Registration): ForwardState | undefined =>
  registered && { addresses: typed(registered.addresses), isOurs: registered.isOurs }

/** Addresses that we wrote and may write. */
const ownAddresses = (
  state: ForwardState | undefined,
  { records }: RegisterConfig,
): readonly TypedAddress[] =>
  state?.isOurs ? state.addresses.filter(({ type }) => records.includes(type)) : []

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

const planReverseZones = (
  { fqdn, config, pointers }: Registration,
  added: readonly TypedAddress[],
  removed: readonly TypedAddress[],
): readonly ZoneUpdate[] => {
  if (!config.records.includes('PTR')) return []
  const changesOf = (kind: ReverseChange['kind'], addresses: readonly TypedAddress[]) =>
    addresses.flatMap(({ text }) => {
      const pointer = pointers.find(({ address }) => address === text)
      return pointer === undefined ? [] : [{ kind, ...pointer }]
    })
  const byZone = Map.groupBy(
    [...changesOf('add', added), ...changesOf('remove', removed)],
    ({ zone }) => zone,
  )
  return [...byZone].flatMap(([zone, changes]) =>
    planReverse(zone, changes, foldDnsName(fqdn), config.ttlSeconds),
  )
}
