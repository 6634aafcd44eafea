import { ownershipOf } from './dhcid.ts'
import type { RegisterConfig, TypedAddress } from './registration.ts'
import type { Attempt, Change, Prerequisite, RecordData, RegisteredType, ZoneUpdate } from './update.ts'

/** What the forward zone has for the name, its addresses in their single form. */
export type ForwardState = { readonly addresses: readonly TypedAddress[]; readonly isOurs: boolean }

/** What the name is to have. */
export type ForwardRequest = {
  readonly fqdn: string
  readonly addresses: readonly TypedAddress[]
  /** SSHFP data; undefined where nobody knows the keys: then these records stay as they are. */
  readonly fingerprints: readonly string[] | undefined
  /** Undefined where the zone could not be asked. */
  readonly state: ForwardState | undefined
  readonly config: RegisterConfig
}

const ADDRESS_TYPES = ['A', 'AAAA'] as const

/**
 * The forward zone: the first row whose prerequisites hold at the server.
 *
 *     A, AAAA, CNAME  DHCID   result
 *     none            none    addresses, SSHFP and DHCID are added
 *     any             ours    addresses are replaced, SSHFP too where the keys are known
 *     as wanted       none    written by hand and right: left as they are
 *     other           none    refused: somebody else's
 *     any             other   refused: somebody else's
 *
 * Other records of the name count for nothing, but SSHFP where it is to be written: the host of a membership
 * has a TXT record before it has an address. Where the name was asked for and is ours, the second row also wants
 * the addresses to be as they were then, so that a message that somebody recorded changes nothing once they are others.
 */
export const planForward = (request: ForwardRequest): ZoneUpdate => {
  const { fqdn, addresses, fingerprints, state, config } = request
  const shown = listOf(addresses)
  const data: RecordData[] = [
    ...addresses,
    ...(fingerprints ?? []).map(text => ({ type: 'SSHFP', text }) as const),
  ]
  const added = data.map((record): Change => addition(fqdn, record, config))
  const sshfp = fingerprints === undefined ? [] : (['SSHFP'] as const)
  const isNew: Attempt = {
    text: `${fqdn} is registered with ${shown}`,
    prerequisites: absent(fqdn, [...ADDRESS_TYPES, 'CNAME', 'DHCID', ...sshfp]),
    changes: [...added, addition(fqdn, ownership(fqdn), config)],
  }
  const isOurs: Attempt = {
    text: `${fqdn} is registered with ${shown}${comparedWith(state, shown)}`,
    prerequisites: [ours(fqdn), ...unchanged(fqdn, state, config)],
    changes: [...[...addressTypes(config), ...sshfp].map(type => deletion(fqdn, type)), ...added],
  }
  const byHand: Attempt = {
    text: `${fqdn} has ${shown} already, written by somebody else; it is left as it is`,
    prerequisites: [...absent(fqdn, ['DHCID']), ...asWanted(fqdn, addresses, config)],
    changes: [],
  }
  return {
    zone: config.zone,
    title: `register ${fqdn} with ${shown}${fingerprints === undefined ? '' : ` and ${countOf(fingerprints)}`}`,
    attempts: possible(state, { isNew, isOurs, byHand }),
    refusal: state?.isOurs
      ? changedMeanwhile(fqdn)
      : `${fqdn} is somebody else's: it has other records (A, AAAA, CNAME${sshfp.length > 0 ? ', SSHFP' : ''}), and no DHCID record of ours`,
    isGate: true,
  }
}

/** The forward zone of a removal: addresses go where the DHCID record is ours, and it with them. */
export const planForwardRemoval = (
  fqdn: string,
  state: ForwardState | undefined,
  config: RegisterConfig,
): ZoneUpdate => {
  const managed = [...ADDRESS_TYPES, 'SSHFP' as const].filter(type => config.records.includes(type))
  const removed: Attempt = {
    text: `the registration of ${fqdn} is removed`,
    prerequisites: [ours(fqdn), ...unchanged(fqdn, state, config)],
    changes: [...managed, 'DHCID' as const].map(type => deletion(fqdn, type)),
  }
  const nothing: Attempt = {
    text: `${fqdn} is not registered; there is nothing to remove`,
    prerequisites: absent(fqdn, [...ADDRESS_TYPES, 'DHCID']),
    changes: [],
  }
  return {
    zone: config.zone,
    title: `remove the registration of ${fqdn}`,
    attempts: possible(state, { isOurs: removed, isNew: nothing }),
    refusal: state?.isOurs
      ? changedMeanwhile(fqdn)
      : `${fqdn} is somebody else's: it has no DHCID record of ours`,
    isGate: true,
  }
}

/** What is ruled out already is not sent: who records it could send it when it is no more so. */
const possible = (
  state: ForwardState | undefined,
  { isNew, isOurs, byHand }: { isNew: Attempt; isOurs: Attempt; byHand?: Attempt },
): readonly Attempt[] => {
  if (state?.isOurs) return [isOurs]
  return [isNew, ...(state === undefined ? [isOurs] : []), ...(byHand === undefined ? [] : [byHand])]
}

const changedMeanwhile = (fqdn: string): string =>
  `${fqdn} was changed by somebody a moment ago; a repeat starts from what it has now`

const comparedWith = (state: ForwardState | undefined, shown: string): string => {
  if (state === undefined) return ', as before or instead of before'
  const before = listOf(state.addresses)
  return before === shown ? ', as before' : ` instead of ${before || 'nothing'}`
}

/** In one order, whichever the server answers in. */
const listOf = (addresses: readonly TypedAddress[]): string =>
  addresses
    .map(({ text }) => text)
    .sort()
    .join(', ')

const countOf = ({ length }: readonly string[]): string =>
  `${length} ${length === 1 ? 'SSH host key' : 'SSH host keys'}`

const addressTypes = ({ records }: RegisterConfig): readonly ('A' | 'AAAA')[] =>
  ADDRESS_TYPES.filter(type => records.includes(type))

const absent = (owner: string, types: readonly RegisteredType[]): Prerequisite[] =>
  types.map(type => ({ kind: 'rrset-absent', owner, type }))

const ownership = (owner: string): RecordData => ({ type: 'DHCID', text: ownershipOf(owner) })

const ours = (owner: string): Prerequisite => ({ kind: 'rrset-equals', owner, data: [ownership(owner)] })

const addition = (owner: string, data: RecordData, { ttlSeconds }: RegisterConfig): Change => ({
  kind: 'add',
  owner,
  ttlSeconds,
  data,
})

const deletion = (owner: string, type: RegisteredType): Change => ({ kind: 'delete-rrset', owner, type })

const unchanged = (
  owner: string,
  state: ForwardState | undefined,
  config: RegisterConfig,
): readonly Prerequisite[] => (state?.isOurs ? asWanted(owner, state.addresses, config) : [])

const asWanted = (
  owner: string,
  addresses: readonly TypedAddress[],
  config: RegisterConfig,
): readonly Prerequisite[] =>
  addressTypes(config).flatMap((type): Prerequisite[] => {
    const data = addresses.filter(address => address.type === type)
    return data.length === 0 ? absent(owner, [type]) : [{ kind: 'rrset-equals', owner, data }]
  })
