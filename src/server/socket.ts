import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import { SourceError } from '../diagnostic/source-error.ts'
import { type CLibrary, loadCLibrary } from './c-library.ts'

/** The key of the configuration that names the interface. */
const KEY = 'serve.dhcp.interface'

/** Numbers of Linux, the same on x86, ARM and RISC-V (socket(7)). */
export const AF_INET = 2
const AF_INET6 = 10
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_REUSEADDR = 2
const SO_BROADCAST = 6
const SO_SNDBUF = 7
const SO_RCVBUF = 8
const SO_BINDTODEVICE = 25

/** For one call that is not to wait (recv(2)). */
export const MSG_DONTWAIT = 0x40

/** Room for what comes in while a lease is written, when all machines ask at once after a power cut; and for windows. */
const BUFFER_OCTETS = 2 ** 20

/**
 * Opens a UDP socket on every address that receives only from one interface and sends only by it, also what goes to
 * 255.255.255.255 and whatever the routes say. Node's dgram cannot set SO_BINDTODEVICE, and the option has to stand
 * before `bind`: so the socket is made in C, and Node gets its descriptor. Needs root. Throws `SourceError` that
 * names the key of the configuration.
 */
export const openInterfaceSocket = async (networkInterface: string, port: number): Promise<Socket> => {
  const fd = bindDescriptor(await loadForInterface(), networkInterface, port)
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: BUFFER_OCTETS,
    // Clients are addresses, never names: to ask for them would only take time.
    lookup: (address, _family, done) => done(null, address, 4),
  })
  const listening = once(socket, 'listening')
  socket.bind({ fd })
  await listening
  return socket
}

/**
 * Opens a UDP socket at an address of 4 or 16 octets, port 0 being any free one, with room for windows and for what comes in
 * while something else is done. Throws the `Error` of the system where the machine has no such socket.
 */
export const openUdpDescriptor = (libc: CLibrary, address: Buffer, port = 0): number => {
  const fd = libc.socket(familyOf(address), SOCK_DGRAM | SOCK_CLOEXEC, 0)
  const place = socketAddress(address, port)
  if (fd !== -1) {
    for (const name of [SO_RCVBUF, SO_SNDBUF]) {
      libc.setsockopt(fd, SOL_SOCKET, name, int32(BUFFER_OCTETS), 4)
    }
    if (libc.bind(fd, place, place.length) !== -1) return fd
  }
  const reason = getSystemErrorMessage(-libc.errno())
  if (fd !== -1) libc.close(fd)
  throw new Error(reason)
}

/** The IPv4 addresses of an interface that is up and has a link, with their netmasks. Throws `SourceError` where there are none. */
export const readInterfaceAddresses = (
  networkInterface: string,
): readonly [NetworkInterfaceInfo, ...NetworkInterfaceInfo[]] => {
  const [first, ...others] = (networkInterfaces()[networkInterface] ?? []).filter(
    ({ family }) => family === 'IPv4',
  )
  if (first === undefined) throw unusable(whyWithoutAddress(networkInterface))
  return [first, ...others]
}

const IFF_UP = 1

/** Node tells of no addresses but those of interfaces that are up and running; sysfs says the rest (sysfs-class-net). */
const whyWithoutAddress = (networkInterface: string): string => {
  const name = `interface "${networkInterface}"`
  const read = (file: string): string =>
    readFileSync(join('/sys/class/net', networkInterface, file), 'latin1').trim()
  try {
    if ((Number(read('flags')) & IFF_UP) === 0)
      return `${name} is down; it comes up with: ip link set ${networkInterface} up`
    if (read('carrier') === '0')
      return `${name} has no link: nothing is plugged in, or nothing at the other end is switched on; a bridge has one once a port of it has`
    return `${name} has no IPv4 address; DHCP needs one of the network that it serves`
  } catch {
    return `${name} does not exist`
  }
}

const unusable = (message: string, cause?: unknown): SourceError =>
  new SourceError(message, { kind: 'option', option: KEY }, { cause, code: 'interface-unusable' })

const loadForInterface = async (): Promise<CLibrary> => {
  try {
    return await loadCLibrary()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw unusable(
      `package koffi, which keeps DHCP on its interface, cannot be loaded: ${reason}; run npm ci`,
      cause,
    )
  }
}

const bindDescriptor = (libc: CLibrary, networkInterface: string, port: number): number => {
  const fd = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  const check = (result: number, what: string): void => {
    if (result !== -1) return
    const reason = getSystemErrorMessage(-libc.errno())
    if (fd !== -1) libc.close(fd)
    throw unusable(`${what}: ${reason}`)
  }
  const set = (name: number, value: Buffer): number =>
    libc.setsockopt(fd, SOL_SOCKET, name, value, value.length)
  check(fd, 'cannot make a UDP socket')
  // Beside a DHCP server on another interface of this machine.
  check(set(SO_REUSEADDR, int32(1)), `cannot share port ${port}`)
  check(set(SO_BROADCAST, int32(1)), 'cannot send to everybody')
  check(
    set(SO_BINDTODEVICE, Buffer.from(`${networkInterface}\0`)),
    `cannot bind to interface "${networkInterface}"`,
  )
  const address = socketAddress(Buffer.alloc(4), port)
  check(libc.bind(fd, address, address.length), `cannot bind to port ${port} of "${networkInterface}"`)
  return fd
}

/** An `int` as an option of a socket or a length. */
export const int32 = (value: number): Buffer => {
  const octets = Buffer.alloc(4)
  // The machine's own order, which is little-endian on all that Node runs on here.
  octets.writeInt32LE(value)
  return octets
}

/**
 * `sockaddr_in` and `sockaddr_in6` (ip(7), ipv6(7)); port 0 is any free one.
 *
 *     | family 2, the machine's order | port 2 | address 4 | 8 zeros |
 *     | family 2, the machine's order | port 2 | flow 4 | address 16 | scope 4 |
 */
export const socketAddress = (address: Buffer, port = 0): Buffer => {
  const isIpv4 = address.length === 4
  const octets = Buffer.alloc(isIpv4 ? 16 : 28)
  octets.writeUInt16LE(familyOf(address))
  octets.writeUInt16BE(port, 2)
  address.copy(octets, isIpv4 ? 4 : 8)
  return octets
}

/** What the first two octets of a `sockaddr` are, in the machine's order. */
const familyOf = ({ length }: Buffer): number => (length === 4 ? AF_INET : AF_INET6)
