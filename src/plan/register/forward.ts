import { ownershipOf } from './dhcid.ts'
import type { RegisterConfig, TypedAddress } from './registration.ts'
import type { Attempt, Change, Prerequisite, RegisteredType, ZoneUpdate } from './update.ts'

type ForwardConfig = Pick<RegisterConfig, 'zone' | 'ttlSeconds' | 'records'>

const ADDRESS_TYPES = ['A', 'AAAA'] as const

/**
 * The forward zone: the first row whose prerequisites hold at the server.
 *
 *     A, AAAA, CNAME  DHCID   result
 *     none            none    addresses and DHCID are added
 *     any             ours    addresses are replaced
 *     as wanted       none    written by hand and right: left as they are
 *     other           none    refused: somebody else's
 *     any             other   refused: somebody else's
 *
 * Other records of the name count for nothing: the host of a membership has a TXT
 * record before it has an address.
 */
export const planForward = (
  fqdn: string,
  addresses: readonly TypedAddress[],
  config: ForwardConfig,
): ZoneUpdate => {
  const shown = addresses.map(({ text }) => text).join(', ')
  const added: Change[] = addresses.map(data => ({
    kind: 'add',
    owner: fqdn,
    ttlSeconds: config.ttlSeconds,
    data,
  }))
  const isNew: Attempt = {
    text: `${fqdn} is registered with ${shown}`,
    prerequisites: absent(fqdn, [...ADDRESS_TYPES, 'CNAME', 'DHCID']),
    changes: [...added, ownership(fqdn, config.ttlSeconds)],
  }
  const isOurs: Attempt = {
    text: `${fqdn} is registered with ${shown}, as before or instead of before`,
    prerequisites: [ours(fqdn)],
    changes: [...managed(config).map(type => deletion(fqdn, type)), ...added],
  }
  const byHand: Attempt = {
    text: `${fqdn} has ${shown} already, written by somebody else; it is left as it is`,
    prerequisites: [...absent(fqdn, ['DHCID']), ...asWanted(fqdn, addresses, config)],
    changes: [],
  }
  return {
    zone: config.zone,
    title: `register ${fqdn} with ${shown}`,
    attempts: [isNew, isOurs, byHand],
    refusal: `${fqdn} is somebody else's: it has other addresses or a CNAME, and no DHCID record of ours`,
  }
}

/** The forward zone of a removal: addresses go where the DHCID record is ours, and it with them. */
export const planForwardRemoval = (fqdn: string, config: ForwardConfig): ZoneUpdate => ({
  zone: config.zone,
  title: `remove the registration of ${fqdn}`,
  attempts: [
    {
      text: `the registration of ${fqdn} is removed`,
      prerequisites: [ours(fqdn)],
      changes: [...managed(config), 'DHCID' as const].map(type => deletion(fqdn, type)),
    },
    {
      text: `${fqdn} is not registered; there is nothing to remove`,
      prerequisites: absent(fqdn, [...ADDRESS_TYPES, 'DHCID']),
      changes: [],
    },
  ],
  refusal: `${fqdn} is somebody else's: it has no DHCID record of ours`,
})

const managed = ({ records }: ForwardConfig): readonly RegisteredType[] =>
  ADDRESS_TYPES.filter(type => records.includes(type))

const absent = (owner: string, types: readonly RegisteredType[]): Prerequisite[] =>
  types.map(type => ({ kind: 'rrset-absent', owner, type }))

const ours = (owner: string): Prerequisite => ({
  kind: 'rrset-equals',
  owner,
  data: [{ type: 'DHCID', text: ownershipOf(owner) }],
})

const ownership = (owner: string, ttlSeconds: number): Change => ({
  kind: 'add',
  owner,
  ttlSeconds,
  data: { type: 'DHCID', text: ownershipOf(owner) },
})

const deletion = (owner: string, type: RegisteredType): Change => ({ kind: 'delete-rrset', owner, type })

const asWanted = (
  owner: string,
  addresses: readonly TypedAddress[],
  config: ForwardConfig,
): readonly Prerequisite[] =>
  managed(config).flatMap((type): Prerequisite[] => {
    const data = addresses.filter(address => address.type === type)
    return data.length === 0 ? absent(owner, [type]) : [{ kind: 'rrset-equals', owner, data }]
  })
