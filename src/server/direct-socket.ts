import { parseIpAddress } from '../model/ip-address.ts'
import type { ServerAddress } from '../model/server-address.ts'
import { type CLibrary, loadCLibrary } from './c-library.ts'
import type { Hear, PeerSocket } from './peer-socket.ts'
import { int32, MSG_DONTWAIT, openUdpDescriptor, socketAddress } from './socket.ts'

/** Numbers of Linux (socket(7), udp(7)). */
const SOL_UDP = 17
const UDP_SEGMENT = 103

/** Where datagrams are received, one after the other: none that is longer says anything to us. */
const RECEIVED = Buffer.allocUnsafeSlow(2048)

/** `struct epoll_event` has its descriptor behind 32 bits of events; only on x86-64 there is no gap (epoll_ctl(2)). */
const [EVENT_OCTETS, EVENT_FD_OFFSET] = process.arch === 'x64' ? [12, 4] : [16, 8]
const MOST_EVENTS = 64
const EVENTS = Buffer.alloc(MOST_EVENTS * EVENT_OCTETS)

/** How long these sockets may keep the event loop to themselves, and how long of that they wait for the next answer. */
const STAY_MS = 2
const WAIT_MS = 1
/** An answer within this time is looked for again and again: to sleep, and to be woken, would take about as long. */
const SOON_MS = 0.1

/** Those that are open, by their descriptors. */
const OPEN = new Map<number, DirectSocket>()

/**
 * Opens a socket that is written and read by calls of the C library, each at once: dgram makes a request, an address
 * and 64 KiB of memory for each. Undefined where there is no koffi, or an address needs a scope.
 */
export const openDirectSocket = async (
  host: string,
  peer: ServerAddress,
  segmentOctets: number | undefined,
): Promise<PeerSocket | undefined> => {
  const libc = await loadCLibrary().catch(() => undefined)
  const [own, peerAddress] = [parseIpAddress(host), parseIpAddress(peer.host)]
  if (libc === undefined || own === undefined || peerAddress === undefined) return undefined
  const fd = tryOpen(libc, own)
  if (fd === undefined) return undefined
  const isSegmenting =
    segmentOctets !== undefined && libc.setsockopt(fd, SOL_UDP, UDP_SEGMENT, int32(segmentOctets), 4) === 0
  return new DirectSocket(libc, fd, socketAddress(peerAddress, peer.port), isSegmenting)
}

/** Undefined where the machine has no such address: Node's own socket then says so. */
const tryOpen = (libc: CLibrary, address: Buffer): number | undefined => {
  try {
    return openUdpDescriptor(libc, address)
  } catch {
    return undefined
  }
}

class DirectSocket implements PeerSocket {
  readonly isSegmenting: boolean
  readonly #libc: CLibrary
  readonly #fd: number
  readonly #peer: Buffer
  readonly #from: Buffer
  readonly #fromOctets: Buffer
  #poll: ReturnType<CLibrary['poll']> | undefined
  #hear: Hear = () => undefined
  #hasSent = false

  constructor(libc: CLibrary, fd: number, peer: Buffer, isSegmenting: boolean) {
    this.#libc = libc
    this.#fd = fd
    this.#peer = peer
    this.isSegmenting = isSegmenting
    this.#from = Buffer.alloc(peer.length)
    this.#fromOctets = int32(peer.length)
  }

  send(octets: Buffer): boolean {
    this.#hasSent = true
    return this.#sendTo(octets, this.#peer)
  }

  listen(hear: Hear): void {
    this.#hear = hear
    OPEN.set(this.#fd, this)
    this.#poll = this.#libc.poll(this.#fd, () => takeAnswers(this.#libc, this))
  }

  close(): void {
    OPEN.delete(this.#fd)
    this.#poll?.close()
    this.#libc.close(this.#fd)
  }

  /** Takes one datagram, if there is any; whether its peer was sent something because of it. */
  receive(): boolean {
    if (OPEN.get(this.#fd) !== this) return false
    const [from, fromOctets] = [this.#from, this.#fromOctets]
    const length = this.#libc.recvfrom(this.#fd, RECEIVED, RECEIVED.length, MSG_DONTWAIT, from, fromOctets)
    if (length === -1) return false
    this.#hasSent = false
    const octets = RECEIVED.subarray(0, length)
    if (from.equals(this.#peer)) this.#hear(octets)
    else this.#hear(octets, answer => this.#sendTo(answer, from))
    return this.#hasSent
  }

  #sendTo(octets: Buffer, to: Buffer): boolean {
    return this.#libc.sendto(this.#fd, octets, octets.length, MSG_DONTWAIT, to, to.length) !== -1
  }
}

/** Takes what came to a socket and then, while nobody else has something to do, what peers answer to what they are sent. */
const takeAnswers = (libc: CLibrary, first: DirectSocket): void => {
  const end = performance.now() + STAY_MS
  let ready: readonly DirectSocket[] = [first]
  while (ready.length > 0) {
    let hasSent = false
    for (const socket of ready) if (socket.receive()) hasSent = true
    ready = hasSent && performance.now() < end ? readyAlone(libc) : []
  }
}

/**
 * Waits where the event loop waits: the sockets for which it would be woken, none if it would be for anything else.
 * What it is told stays there for it; and were it not told like this, all would go the longer way.
 */
const readyAlone = (libc: CLibrary): readonly DirectSocket[] => {
  const count = waitForAnswers(libc)
  const ready: DirectSocket[] = []
  for (let index = 0; index < count; index++) {
    const socket = OPEN.get(EVENTS.readInt32LE(index * EVENT_OCTETS + EVENT_FD_OFFSET))
    if (socket === undefined) return []
    ready.push(socket)
  }
  return ready
}

/** Whether the last answer came soon, as on one machine or a short wire; where none does, nobody looks for it in vain. */
let wasSoon = false

/** How many descriptors are ready, 0 where none is within the time. */
const waitForAnswers = ({ epoll_wait, loopFd }: CLibrary): number => {
  const start = performance.now()
  let count = 0
  while (wasSoon && count === 0 && performance.now() - start < SOON_MS) {
    count = epoll_wait(loopFd, EVENTS, MOST_EVENTS, 0)
  }
  if (count === 0) count = epoll_wait(loopFd, EVENTS, MOST_EVENTS, WAIT_MS)
  wasSoon = performance.now() - start < SOON_MS
  return count
}
