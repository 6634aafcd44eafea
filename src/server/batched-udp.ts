import { endianness } from 'node:os'
import { getSystemErrorMessage } from 'node:util'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { formatIpAddress, parseIpAddress } from '../model/ip-address.ts'
import { formatServerAddress, type ServerAddress } from '../model/server-address.ts'
import { type AnswerInPlace, ROOM_OCTETS, type Sender } from './datagram.ts'
import { int32, socketAddress } from './socket.ts'

/** Numbers of Linux, the same on x86, ARM and RISC-V (socket(7), recv(2)). */
const AF_INET = 2
const AF_INET6 = 10
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_SNDBUF = 7
const SO_RCVBUF = 8
const MSG_DONTWAIT = 0x40

const SOCKET_OCTETS = 1024 * 1024
/** Datagrams that go through the kernel in one call. */
const BATCH = 32
/** Batches before everybody else has a turn. */
const BATCHES_IN_TURN = 8

/** What has a socket of this kind; as long as it is open it is held here, for nobody else holds a handle of koffi. */
const OPEN = new Set<{ readonly close: () => void }>()

/** A socket that answers. */
export type AnsweringSocket = { readonly address: ServerAddress; readonly close: () => void }

/**
 * Opens a UDP socket at an address that is read and written by `recvmmsg` and `sendmmsg`, many datagrams in one call, and whose
 * answers are made where the questions stand: Node's dgram makes several objects for each datagram, takes 64 KiB to read it into,
 * and calls the kernel for each. Undefined where koffi cannot be loaded or the machine has other structures in C. Rejects with
 * `EnvironmentError` where it cannot listen.
 */
export const openBatchedUdp = async (
  listen: ServerAddress,
  answer: AnswerInPlace,
): Promise<AnsweringSocket | undefined> => {
  const address = parseIpAddress(listen.host)
  const calls = address && (await loadCalls().catch(() => undefined))
  if (address === undefined || calls === undefined) return undefined
  const fd = bindDescriptor(calls, address, listen)
  const port = boundPort(calls, fd, address)
  const batch = makeBatch(calls)
  const handle = calls.poll(fd, () => {
    for (let round = 0; round < BATCHES_IN_TURN; round++) {
      if (answerBatch(calls, fd, batch, answer) < BATCH) return
    }
  })
  OPEN.add(handle)
  return {
    address: { host: listen.host, port },
    close: () => {
      if (!OPEN.delete(handle)) return
      handle.close()
      calls.close(fd)
    },
  }
}

type Calls = {
  readonly socket: (domain: number, type: number, protocol: number) => number
  readonly setsockopt: (fd: number, level: number, name: number, value: Buffer, octets: number) => number
  readonly bind: (fd: number, address: Buffer, octets: number) => number
  readonly getsockname: (fd: number, address: Buffer, octets: Buffer) => number
  readonly close: (fd: number) => number
  /** The number of messages, -1 where there is none now. */
  readonly recvmmsg: (fd: number, headers: Buffer, count: number, flags: number, timeout: null) => number
  readonly sendmmsg: (fd: number, headers: Buffer, count: number, flags: number) => number
  /** Where in memory the octets are: `memmove` gives its first argument. */
  readonly addressOf: (octets: Buffer, same: Buffer, count: number) => number | bigint
  readonly errno: () => number
  readonly poll: (fd: number, onReadable: () => void) => { readonly close: () => void }
}

/** Rejects where koffi cannot be loaded, or the structures are not those of `makeBatch`. */
const loadCalls = async (): Promise<Calls> => {
  const { default: koffi } = await import('koffi')
  if (endianness() !== 'LE' || koffi.sizeof('void *') !== 8)
    throw new Error('no 64 bits with the low ones first')
  const libc = koffi.load(null)
  return {
    socket: libc.func('int socket(int, int, int)'),
    setsockopt: libc.func('int setsockopt(int, int, int, const void *, uint32_t)'),
    bind: libc.func('int bind(int, const void *, uint32_t)'),
    getsockname: libc.func('int getsockname(int, void *, void *)'),
    close: libc.func('int close(int)'),
    recvmmsg: libc.func('int recvmmsg(int, void *, unsigned int, int, void *)'),
    sendmmsg: libc.func('int sendmmsg(int, void *, unsigned int, int)'),
    addressOf: libc.func('uint64_t memmove(void *, const void *, size_t)'),
    errno: () => koffi.errno(),
    poll: (fd, onReadable) => koffi.node.poll(fd, { readable: true }, onReadable),
  }
}

const bindDescriptor = (calls: Calls, address: Buffer, listen: ServerAddress): number => {
  const fd = calls.socket(address.length === 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  const place = socketAddress(address, listen.port)
  const size = int32(SOCKET_OCTETS)
  if (fd !== -1) {
    calls.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, size, size.length)
    calls.setsockopt(fd, SOL_SOCKET, SO_SNDBUF, size, size.length)
    if (calls.bind(fd, place, place.length) !== -1) return fd
  }
  const reason = getSystemErrorMessage(-calls.errno())
  if (fd !== -1) calls.close(fd)
  throw new EnvironmentError(`cannot listen at ${formatServerAddress(listen)} (UDP): ${reason}`)
}

const boundPort = (calls: Calls, fd: number, address: Buffer): number => {
  const place = socketAddress(address)
  calls.getsockname(fd, place, int32(place.length))
  return place.readUInt16BE(2)
}

/** `struct mmsghdr` and `struct iovec` of 64 bits, as words of 32. */
const HEADER_WORDS = 16
const NAME_OCTETS_WORD = 2
const LENGTH_WORD = 14
const IOVEC_WORDS = 4
const IOVEC_LENGTH_WORD = 2
/** Of `sockaddr_in6`, the longest that comes. */
const NAME_OCTETS = 28

/** Memory that the kernel reads and writes; the pointers in it lead to other parts of it, so all of it is held together. */
type Batch = {
  readonly headers: Buffer
  readonly headerWords: Uint32Array
  readonly iovecs: Buffer
  readonly iovecWords: Uint32Array
  readonly names: Buffer
  readonly rooms: readonly Buffer[]
  readonly senders: readonly Sender[]
}

/**
 * The same structures receive a batch and send its answers (recvmmsg(2), sendmmsg(2)).
 *
 *     mmsghdr   | name 8 | octets of name 4 | 4 | iovec 8 | 1, 8 | no control 16 | flags 4 | 4 | octets received 4 | 4 |
 *     iovec     | room 8 | octets 8 |
 */
const makeBatch = (calls: Calls): Batch => {
  const room = Buffer.allocUnsafeSlow(BATCH * ROOM_OCTETS)
  const names = Buffer.alloc(BATCH * NAME_OCTETS)
  const iovecs = Buffer.alloc(BATCH * IOVEC_WORDS * 4)
  const headers = Buffer.alloc(BATCH * HEADER_WORDS * 4)
  const [roomAt, namesAt, iovecsAt] = [room, names, iovecs].map(octets =>
    BigInt(calls.addressOf(octets, octets, 0)),
  ) as [bigint, bigint, bigint]
  for (let i = 0; i < BATCH; i++) {
    const header = i * HEADER_WORDS * 4
    const iovec = i * IOVEC_WORDS * 4
    iovecs.writeBigUInt64LE(roomAt + BigInt(i * ROOM_OCTETS), iovec)
    headers.writeBigUInt64LE(namesAt + BigInt(i * NAME_OCTETS), header)
    headers.writeBigUInt64LE(iovecsAt + BigInt(iovec), header + 16)
    headers.writeBigUInt64LE(1n, header + 24)
  }
  const slots = Array.from({ length: BATCH }, (_, i) => i)
  return {
    headers,
    headerWords: new Uint32Array(headers.buffer, headers.byteOffset, BATCH * HEADER_WORDS),
    iovecs,
    iovecWords: new Uint32Array(iovecs.buffer, iovecs.byteOffset, BATCH * IOVEC_WORDS),
    names,
    rooms: slots.map(i => room.subarray(i * ROOM_OCTETS, (i + 1) * ROOM_OCTETS)),
    senders: slots.map(i => senderIn(names, i * NAME_OCTETS)),
  }
}

/** `sockaddr_in` has the address behind family and port, `sockaddr_in6` behind the flow as well. */
const senderIn = (names: Buffer, start: number): Sender => {
  const isIpv4 = (): boolean => names[start] === AF_INET
  const at = (): number => start + (isIpv4() ? 4 : 8)
  const length = (): number => (isIpv4() ? 4 : 16)
  return {
    octets: names,
    at,
    length,
    text: () => formatIpAddress(names.subarray(at(), at() + length())),
  }
}

/** Answers what is there, a batch at most; gives how many datagrams there were. */
const answerBatch = (calls: Calls, fd: number, batch: Batch, answer: AnswerInPlace): number => {
  const { headers, headerWords, iovecWords, rooms, senders } = batch
  for (let i = 0; i < BATCH; i++) {
    headerWords[i * HEADER_WORDS + NAME_OCTETS_WORD] = NAME_OCTETS
    iovecWords[i * IOVEC_WORDS + IOVEC_LENGTH_WORD] = ROOM_OCTETS
  }
  const count = Math.max(0, calls.recvmmsg(fd, headers, BATCH, MSG_DONTWAIT, null))
  let first = 0
  for (let i = 0; i < count; i++) {
    const length = headerWords[i * HEADER_WORDS + LENGTH_WORD] as number
    const octets = answer(rooms[i] as Buffer, length, senders[i] as Sender)
    iovecWords[i * IOVEC_WORDS + IOVEC_LENGTH_WORD] = octets
    if (octets > 0) continue
    sendRun(calls, fd, batch, first, i)
    first = i + 1
  }
  sendRun(calls, fd, batch, first, count)
  return count
}

/** Sends the answers from `first` to before `end`. One that cannot be sent is left out: its client asks again. */
const sendRun = (calls: Calls, fd: number, { headers }: Batch, first: number, end: number): void => {
  for (let at = first; at < end; ) {
    const sent = calls.sendmmsg(fd, headers.subarray(at * HEADER_WORDS * 4), end - at, MSG_DONTWAIT)
    at += Math.max(1, sent)
  }
}
