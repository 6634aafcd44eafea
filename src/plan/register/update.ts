/** Types of records that a registration writes or asks for. */
export type RegisteredType = 'A' | 'AAAA' | 'PTR' | 'SSHFP' | 'DHCID' | 'CNAME'

/** Data of one record as text: an address, a name without the dot at its end, base64 for DHCID, `4 2 HEX` for SSHFP. */
export type RecordData = { readonly type: RegisteredType; readonly text: string }

/** A condition that the server checks before it changes anything (RFC 2136, section 2.4). */
export type Prerequisite =
  | { readonly kind: 'rrset-absent'; readonly owner: string; readonly type: RegisteredType }
  /** The record set is exactly these records. */
  | { readonly kind: 'rrset-equals'; readonly owner: string; readonly data: readonly RecordData[] }

/** One change of a zone (RFC 2136, section 2.5). */
export type Change =
  | { readonly kind: 'add'; readonly owner: string; readonly ttlSeconds: number; readonly data: RecordData }
  | { readonly kind: 'delete-rrset'; readonly owner: string; readonly type: RegisteredType }

/** One update message. With neither prerequisites nor changes there is nothing to send. */
export type Attempt = {
  /** What is true once the server took it, for people. */
  readonly text: string
  readonly prerequisites: readonly Prerequisite[]
  readonly changes: readonly Change[]
}

/**
 * What is to become of one zone: messages tried in this order, of which the server takes
 * the first whose prerequisites hold (the way of RFC 4703, section 5.3). So nothing has to be
 * known of the zone beforehand, and a repeat finds its own work. Plain data, no secret in it.
 */
export type ZoneUpdate = {
  readonly zone: string
  /** One line for people: what is to become of what. */
  readonly title: string
  readonly attempts: readonly Attempt[]
  /** What it means that the prerequisites of no attempt hold. */
  readonly refusal: string
  /** What comes behind it is sent only once this is done. */
  readonly isGate: boolean
}

/** One prerequisite in words, for example `A of web01.example.test is absent`. */
export const formatPrerequisite = (prerequisite: Prerequisite): string => {
  const { kind, owner } = prerequisite
  switch (kind) {
    case 'rrset-absent':
      return `${prerequisite.type} of ${owner} is absent`
    case 'rrset-equals': {
      const type = prerequisite.data[0]?.type ?? 'A'
      const value = prerequisite.data.map(({ text }) => text).join(', ')
      return `${type} of ${owner} is ${type === 'DHCID' ? 'ours' : value}`
    }
  }
}
