import { formatIpAddress, parseIpAddress } from '../../model/ip-address.ts'
import type { DhcpMessage } from '../../wire/dhcp/message.ts'
import { NO_ADDRESS } from './destination.ts'
import type { AddressRange, DhcpConfig, SubnetConfig } from './dhcp-config.ts'

/** A network whose clients get addresses. */
export type Subnet = {
  /** `192.0.2.0/24`. */
  readonly network: string
  /** Whether the clients are on our own wire, and not behind a relay. */
  readonly isLocal: boolean
  readonly mask: string
  readonly broadcast: string
  readonly router: string | undefined
  /** The pool, as numbers; empty where `first` is beyond `last`. */
  readonly first: number
  readonly last: number
  /** What nobody gets though it is in the pool: the network's own, ours and the router's. */
  readonly excluded: ReadonlySet<string>
  readonly contains: (address: string) => boolean
}

/** The networks of a server: its own, and those behind relays. */
export type Subnets = { readonly own: Subnet; readonly remote: readonly Subnet[] }

const EMPTY_RANGE = { first: 1, last: 0 } as const

/** An IPv4 address as a number; 0 where the text is none. Pure. */
export const addressNumber = (address: string): number => {
  const octets = parseIpAddress(address)
  return octets?.length === 4 ? octets.readUInt32BE() : 0
}

/** A number as the text of an IPv4 address. Pure. */
export const numberAddress = (number: number): string => {
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(number)
  return formatIpAddress(octets)
}

/** The networks of the configuration; `own` is the interface's, such as `192.0.2.1/24`. Pure. */
export const makeSubnets = (
  config: Pick<DhcpConfig, 'range' | 'router' | 'subnets'>,
  own: string,
): Subnets => ({
  own: makeSubnet({ network: own, range: config.range, router: config.router }, own.replace(/\/.*/, '')),
  remote: (config.subnets ?? []).map(subnet => makeSubnet(subnet)),
})

/**
 * The network of a client; undefined where a relay is on none that is known. Pure.
 *
 *     giaddr   ciaddr                  network
 *     set      any                     that of the relay (RFC 2131, section 4.3.1)
 *     none     behind a relay          that of ciaddr: who renews asks us without the relay
 *     none     anything else           our own
 */
export const subnetOf = (
  { relayAddress, clientAddress }: Pick<DhcpMessage, 'relayAddress' | 'clientAddress'>,
  { own, remote }: Subnets,
): Subnet | undefined => {
  if (relayAddress !== NO_ADDRESS) {
    return [...remote, own].find(({ contains }) => contains(relayAddress))
  }
  return remote.find(({ contains }) => clientAddress !== NO_ADDRESS && contains(clientAddress)) ?? own
}

/** A key of the configuration that says something wrong. */
export type RangeFault = { readonly key: string; readonly message: string }

/** Ranges that are not on their networks, or end before they begin. `own`: as of `makeSubnets`. Pure. */
export const rangeFaults = (
  { range, subnets = [] }: Pick<DhcpConfig, 'range' | 'subnets'>,
  own: string,
): readonly RangeFault[] => [
  ...faultsOf('serve.dhcp.range', range, own),
  ...subnets.flatMap((subnet, index) =>
    faultsOf(`serve.dhcp.subnets[${index}].range`, subnet.range, subnet.network),
  ),
]

const faultsOf = (key: string, range: AddressRange | undefined, network: string): readonly RangeFault[] => {
  if (range === undefined) return []
  const outside = range.find(address => !isOnNetwork(network, address))
  if (outside !== undefined) return [{ key, message: `${outside} is not on the network of ${network}` }]
  const [first, last] = range
  return addressNumber(first) > addressNumber(last)
    ? [{ key, message: `the range ends before it begins (${first}, ${last})` }]
    : []
}

/** Whether an address is on a network such as `192.0.2.0/24`; any address of it may name it. Pure. */
export const isOnNetwork = (network: string, address: string): boolean => {
  const { base, size } = sizeOf(network)
  const number = addressNumber(address)
  return number >= base && number < base + size
}

const sizeOf = (network: string): { readonly base: number; readonly size: number } => {
  const [address = '', bits = ''] = network.split('/')
  const size = 2 ** (32 - Number(bits))
  return { base: Math.floor(addressNumber(address) / size) * size, size }
}

/** Whether an address is one of the pool. Pure. */
export const isInPool = ({ first, last }: Pick<Subnet, 'first' | 'last'>, address: string): boolean => {
  const number = addressNumber(address)
  return first <= number && number <= last
}

const makeSubnet = ({ network, range, router }: SubnetConfig, serverAddress?: string): Subnet => {
  const { base, size } = sizeOf(network)
  const contains = (each: string): boolean => {
    const number = addressNumber(each)
    return number >= base && number < base + size
  }
  const broadcast = numberAddress(base + size - 1)
  const taken = [numberAddress(base), broadcast, serverAddress, router]
  return {
    network: `${numberAddress(base)}/${network.replace(/.*\//, '')}`,
    isLocal: serverAddress !== undefined,
    mask: numberAddress(2 ** 32 - size),
    broadcast,
    router,
    ...poolOf(range),
    excluded: new Set(taken.filter(each => each !== undefined)),
    contains,
  }
}

const poolOf = (range: AddressRange | undefined): Pick<Subnet, 'first' | 'last'> =>
  range === undefined ? EMPTY_RANGE : { first: addressNumber(range[0]), last: addressNumber(range[1]) }
