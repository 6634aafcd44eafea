import { lookup } from 'node:dns/promises'
import { canonicalIpAddress } from '../../model/ip-address.ts'
import type { ServerAddress } from '../../model/server-address.ts'
import type { NotifyingServer } from './notify.ts'

/** Servers whose address stands in the configuration; the others have none yet. Pure. */
export const literalAddresses = (servers: readonly ServerAddress[]): readonly NotifyingServer[] =>
  servers.map(server => {
    const own = canonicalIpAddress(server.host)
    return { server, addresses: own === undefined ? [] : [own] }
  })

/** The same, and the addresses of those that are names as the system knows them; none where it does not know one. */
export const readAddresses = async (servers: readonly ServerAddress[]): Promise<readonly NotifyingServer[]> =>
  Promise.all(
    literalAddresses(servers).map(async ({ server, addresses }) => {
      if (addresses.length > 0) return { server, addresses }
      const found = await lookup(server.host, { all: true }).catch(() => [])
      return { server, addresses: found.flatMap(({ address }) => canonicalIpAddress(address) ?? []) }
    }),
  )
