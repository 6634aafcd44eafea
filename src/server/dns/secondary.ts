import { canonicalIpAddress } from '../../model/ip-address.ts'
import type { ServerAddress } from '../../model/server-address.ts'
import type { TsigKey } from '../../model/tsig-key.ts'

/** A server that carries the zone: it may have it by transfer, and is told when it changes. */
export type Secondary = {
  readonly server: ServerAddress
  /** Without it the address alone is asked for. */
  readonly key?: TsigKey
}

/** Who may have the zone: whoever signs with one of the keys, or asks from one of the addresses, in their single form. */
export type TransferAccess = { readonly keys: readonly TsigKey[]; readonly addresses: ReadonlySet<string> }

/** The keys, and the addresses of those secondaries that have none. Pure. */
export const accessOf = (keys: readonly TsigKey[], secondaries: readonly Secondary[]): TransferAccess => ({
  keys,
  addresses: new Set(
    secondaries.flatMap(({ server, key }) =>
      key === undefined ? [canonicalIpAddress(server.host) ?? server.host] : [],
    ),
  ),
})
