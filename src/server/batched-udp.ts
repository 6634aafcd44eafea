import { endianness } from 'node:os'
import { formatIpAddress, parseIpAddress } from '../model/ip-address.ts'
import type { ServerAddress } from '../model/server-address.ts'
import { type CLibrary, loadCLibrary } from './c-library.ts'
import { type AnswerInPlace, ROOM_OCTETS, type Sender } from './datagram.ts'
import { listenError } from './listen-error.ts'
import { AF_INET, int32, MSG_DONTWAIT, openUdpDescriptor, socketAddress } from './socket.ts'

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
  const libc = await loadCLibrary().catch(() => undefined)
  if (address === undefined || libc === undefined || !hasStructures(libc)) return undefined
  const fd = listenWith(libc, address, listen)
  const port = boundPort(libc, fd, address)
  const batch = makeBatch(libc)
  const handle = libc.poll(fd, () => {
    for (let round = 0; round < BATCHES_IN_TURN; round++) {
      if (answerBatch(libc, fd, batch, answer) < BATCH) return
    }
  })
  OPEN.add(handle)
  return {
    address: { host: listen.host, port },
    close: () => {
      if (!OPEN.delete(handle)) return
      handle.close()
      libc.close(fd)
    },
  }
}

/** Whether the machine has the structures of `makeBatch`: pointers of 64 bits, with the low ones first. */
const hasStructures = ({ pointerOctets }: CLibrary): boolean => endianness() === 'LE' && pointerOctets === 8

const listenWith = (libc: CLibrary, address: Buffer, listen: ServerAddress): number => {
  try {
    return openUdpDescriptor(libc, address, listen.port)
  } catch (cause) {
    throw listenError(listen, 'UDP', cause)
  }
}

const boundPort = (libc: CLibrary, fd: number, address: Buffer): number => {
  const place = socketAddress(address)
  libc.getsockname(fd, place, int32(place.length))
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
const makeBatch = (libc: CLibrary): Batch => {
  const room = Buffer.allocUnsafeSlow(BATCH * ROOM_OCTETS)
  const names = Buffer.alloc(BATCH * NAME_OCTETS)
  const iovecs = Buffer.alloc(BATCH * IOVEC_WORDS * 4)
  const headers = Buffer.alloc(BATCH * HEADER_WORDS * 4)
  const [roomAt, namesAt, iovecsAt] = [room, names, iovecs].map(octets =>
    BigInt(libc.addressOf(octets, octets, 0)),
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
const answerBatch = (libc: CLibrary, fd: number, batch: Batch, answer: AnswerInPlace): number => {
  const { headers, headerWords, iovecWords, rooms, senders } = batch
  for (let i = 0; i < BATCH; i++) {
    headerWords[i * HEADER_WORDS + NAME_OCTETS_WORD] = NAME_OCTETS
    iovecWords[i * IOVEC_WORDS + IOVEC_LENGTH_WORD] = ROOM_OCTETS
  }
  const count = Math.max(0, libc.recvmmsg(fd, headers, BATCH, MSG_DONTWAIT, null))
  let first = 0
  for (let i = 0; i < count; i++) {
    const length = headerWords[i * HEADER_WORDS + LENGTH_WORD] as number
    const octets = answer(rooms[i] as Buffer, length, senders[i] as Sender)
    iovecWords[i * IOVEC_WORDS + IOVEC_LENGTH_WORD] = octets
    if (octets > 0) continue
    sendRun(libc, fd, batch, first, i)
    first = i + 1
  }
  sendRun(libc, fd, batch, first, count)
  return count
}

/** Sends the answers from `first` to before `end`. One that cannot be sent is left out: its client asks again. */
const sendRun = (libc: CLibrary, fd: number, { headers }: Batch, first: number, end: number): void => {
  for (let at = first; at < end; ) {
    const sent = libc.sendmmsg(fd, headers.subarray(at * HEADER_WORDS * 4), end - at, MSG_DONTWAIT)
    at += Math.max(1, sent)
  }
}
