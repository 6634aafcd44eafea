import { networkInterfaces } from 'node:os'

/** A network card of this machine, without loopback. */
export type NetworkCard = {
  readonly name: string
  /** `52:54:00:12:34:56`. */
  readonly mac: string
  /** As text, IPv4 before IPv6. */
  readonly addresses: readonly string[]
}

/** The network cards that have an address, in the kernel's order. */
export const readNetworkCards = (): readonly NetworkCard[] =>
  Object.entries(networkInterfaces()).flatMap(([name, found = []]) => {
    const outward = found.filter(({ internal }) => !internal)
    const [first] = outward
    if (first === undefined) return []
    const addresses = ['IPv4', 'IPv6'].flatMap(family =>
      outward.flatMap(each => (each.family === family ? each.address : [])),
    )
    return [{ name, mac: first.mac, addresses }]
  })
