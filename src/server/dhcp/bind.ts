import type { Socket } from 'node:dgram'
import { SourceError } from '../../diagnostic/source-error.ts'
import { openInterfaceSocket, readInterfaceAddresses } from '../socket.ts'
import type { DhcpConfig } from './dhcp-config.ts'
import { isOnNetwork, rangeFaults } from './subnet.ts'

/** What a server needs of a socket. */
export type DhcpSocket = Pick<Socket, 'on' | 'send' | 'close'>

/** Sockets of a server and its place in the network. */
export type BoundDhcp = {
  /** By port: 67, and 4011 for a proxy. */
  readonly sockets: ReadonlyMap<67 | 4011, DhcpSocket>
  /** Our address on the interface, with its network: `192.0.2.1/24`. */
  readonly own: string
}

const SERVER_PORT = 67
const PROXY_PORT = 4011

/**
 * Opens the sockets of a server on its interface, which takes root. Throws `SourceError` that names the key of the
 * configuration where that is not possible, or where a range is not on its network.
 */
export const bindDhcp = async (config: DhcpConfig): Promise<BoundDhcp> => {
  const found = readInterfaceAddresses(config.interface).map(({ address, cidr }) => cidr ?? `${address}/32`)
  const [first = ''] = found
  const own = found.find(each => config.range !== undefined && isOnNetwork(each, config.range[0])) ?? first
  checkRanges(config, own)
  const ports = config.mode === 'proxy' ? ([SERVER_PORT, PROXY_PORT] as const) : ([SERVER_PORT] as const)
  const sockets = new Map<67 | 4011, DhcpSocket>()
  try {
    for (const port of ports) sockets.set(port, await openInterfaceSocket(config.interface, port))
  } catch (error) {
    for (const socket of sockets.values()) socket.close()
    throw error
  }
  return { sockets, own }
}

/** Throws `SourceError` that names the key of a range which is not on its network; `own`: as of `BoundDhcp`. */
export const checkRanges = (config: Pick<DhcpConfig, 'range' | 'subnets'>, own: string): void => {
  const [fault] = rangeFaults(config, own)
  if (fault === undefined) return
  throw new SourceError(fault.message, { kind: 'option', option: fault.key }, { code: 'config-invalid' })
}
