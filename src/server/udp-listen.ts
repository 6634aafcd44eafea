import { type BindOptions, createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import type { ServerAddress } from '../model/server-address.ts'
import { listenError } from './listen-error.ts'

const EVERY_ADDRESS = ['0.0.0.0', '::']
const SOCKET_OCTETS = 1024 * 1024

/**
 * The addresses that a server listens at, one by one, so that each answer leaves from the address that was asked: the
 * given one, or for 0.0.0.0 and :: those that this machine has now.
 */
export const readLocalAddresses = (host: string): readonly string[] => {
  if (!EVERY_ADDRESS.includes(host)) return [host]
  const family = host === '::' ? 'IPv6' : 'IPv4'
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses
      .filter(found => found.family === family)
      .map(found =>
        found.family === 'IPv6' && found.scopeid !== 0 ? `${found.address}%${name}` : found.address,
      ),
  )
}

/** Opens a UDP socket at an address; port 0 is any free one. Rejects with `EnvironmentError` where that cannot be. */
export const bindUdp = async ({ host, port }: ServerAddress): Promise<Socket> => {
  const socket = createUdp(host)
  try {
    return await bind(socket, { address: host, port, exclusive: true })
  } catch (cause) {
    socket.close()
    throw listenError({ host, port }, 'UDP', cause)
  }
}

const createUdp = (host: string): Socket =>
  createSocket({
    type: host.includes(':') ? 'udp6' : 'udp4',
    // Peers are addresses, never names: to ask for them would only take time.
    lookup: (address, _family, done) => done(null, address, address.includes(':') ? 6 : 4),
    recvBufferSize: SOCKET_OCTETS,
    sendBufferSize: SOCKET_OCTETS,
  })

const bind = async (socket: Socket, options: BindOptions): Promise<Socket> => {
  const listening = once(socket, 'listening')
  socket.bind(options)
  await listening
  return socket
}
