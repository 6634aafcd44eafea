import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { getSystemErrorMessage } from 'node:util'
import { SourceError } from '../diagnostic/source-error.ts'
import { parseIpAddress } from '../model/ip-address.ts'

/** The key of the configuration that names the interface. */
const KEY = 'serve.dhcp.interface'

/** Numbers of Linux, the same on x86, ARM and RISC-V (socket(7)). */
const AF_INET = 2
const AF_INET6 = 10
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_REUSEADDR = 2
const SO_BROADCAST = 6
const SO_BINDTODEVICE = 25
const SOL_UDP = 17
const UDP_SEGMENT = 103

/** Room for what comes in while a lease is written: after a power cut all machines ask at once. */
const RECEIVE_OCTETS = 2 ** 20

/** Functions of the C library; those that fail give -1 and set `errno`. */
type CLibrary = {
  readonly socket: (domain: number, type: number, protocol: number) => number
  readonly setsockopt: (fd: number, level: number, name: number, value: Buffer, octets: number) => number
  readonly bind: (fd: number, address: Buffer, octets: number) => number
  readonly close: (fd: number) => number
  readonly errno: () => number
}

/**
 * Opens a UDP socket on every address that receives only from one interface and sends only by it, also what goes to
 * 255.255.255.255 and whatever the routes say. Node's dgram cannot set SO_BINDTODEVICE, and the option has to stand
 * before `bind`: so the socket is made in C, and Node gets its descriptor. Needs root. Throws `SourceError` that
 * names the key of the configuration.
 */
export const openInterfaceSocket = async (networkInterface: string, port: number): Promise<Socket> => {
  const fd = bindDescriptor(await loadCLibrary(), networkInterface, port)
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: RECEIVE_OCTETS,
    // Clients are addresses, never names: to ask for them would only take time.
    lookup: (address, _family, done) => done(null, address, 4),
  })
  const listening = once(socket, 'listening')
  socket.bind({ fd })
  await listening
  return socket
}

/**
 * Opens a UDP socket at an address, on a free port, that sends a long piece of memory as many datagrams of
 * `segmentOctets` each, the last one shorter (UDP_SEGMENT, udp(7)): the way through the kernel is gone once for all of
 * them. Undefined where the kernel, the machine or the address has no such way.
 */
export const openSegmentingDescriptor = async (
  host: string,
  segmentOctets: number,
): Promise<number | undefined> => {
  const address = parseIpAddress(host)
  const libc = address && (await loadCLibrary().catch(() => undefined))
  if (address === undefined || libc === undefined) return undefined
  const fd = libc.socket(address.length === 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  const place = socketAddress(address)
  const segment = int32(segmentOctets)
  const isOpen =
    fd !== -1 &&
    libc.setsockopt(fd, SOL_UDP, UDP_SEGMENT, segment, segment.length) === 0 &&
    libc.bind(fd, place, place.length) === 0
  if (!isOpen && fd !== -1) libc.close(fd)
  return isOpen ? fd : undefined
}

/** The IPv4 address of an interface that is up, with its netmask. Throws `SourceError` where it has none. */
export const readInterfaceAddresses = (
  networkInterface: string,
): readonly [NetworkInterfaceInfo, ...NetworkInterfaceInfo[]] => {
  const [first, ...others] = (networkInterfaces()[networkInterface] ?? []).filter(
    ({ family }) => family === 'IPv4',
  )
  if (first === undefined) {
    throw unusable(`interface "${networkInterface}" does not exist, is down, or has no IPv4 address`)
  }
  return [first, ...others]
}

const unusable = (message: string, cause?: unknown): SourceError =>
  new SourceError(message, { kind: 'option', option: KEY }, { cause, code: 'interface-unusable' })

/** Loaded when it is needed: no other command pays for it. */
const loadCLibrary = async (): Promise<CLibrary> => {
  try {
    const { default: koffi } = await import('koffi')
    const libc = koffi.load(null)
    return {
      socket: libc.func('int socket(int, int, int)'),
      setsockopt: libc.func('int setsockopt(int, int, int, const void *, uint32_t)'),
      bind: libc.func('int bind(int, const void *, uint32_t)'),
      close: libc.func('int close(int)'),
      errno: () => koffi.errno(),
    }
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

/** A C `int`. */
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
  octets.writeUInt16LE(isIpv4 ? AF_INET : AF_INET6)
  octets.writeUInt16BE(port, 2)
  address.copy(octets, isIpv4 ? 4 : 8)
  return octets
}
