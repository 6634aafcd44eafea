import { parseIpAddress } from '../model/ip-address.ts'
import type { ServerAddress } from '../model/server-address.ts'
import { type CLibrary, loadCLibrary } from './c-library.ts'
import type { Hear, PeerSocket } from './peer-socket.ts'
import { int32, openUdpDescriptor, socketAddress } from './socket.ts'

/** Numbers of Linux (socket(7), udp(7)). */
const SOL_UDP = 17
const UDP_SEGMENT = 103
const MSG_DONTWAIT = 0x40

/** Where datagrams are received, one after the other: none that is longer says anything to us. */
const RECEIVED = Buffer.allocUnsafeSlow(2048)

/** `struct epoll_event` has its descriptor behind 32 bits of events; only on x86-64 there is no gap (epoll_ctl(2)). */
const EVENT_FD_OFFSET = process.arch === 'x64' ? 4 : 8
/** Room for two. */
const EVENTS = Buffer.alloc(32)

/** How long a socket may keep the event loop to itself, and how long of that it waits for the next answer. */
const STAY_MS = 1
const WAIT_MS = 1

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
  const peerAddress = parseIpAddress(peer.host)
  if (libc === undefined || peerAddress === undefined) return undefined
  const fd = openUdpDescriptor(libc, host)
  if (fd === undefined) return undefined
  const isSegmenting =
    segmentOctets !== undefined && libc.setsockopt(fd, SOL_UDP, UDP_SEGMENT, int32(segmentOctets), 4) === 0
  return new DirectSocket(libc, fd, socketAddress(peerAddress, peer.port), isSegmenting)
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
  #isOpen = true
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
    this.#poll = this.#libc.poll(this.#fd, this.#takeAnswers)
  }

  close(): void {
    this.#isOpen = false
    this.#poll?.close()
    this.#libc.close(this.#fd)
  }

  /** Takes what came, and while nobody else has something to do, what the peer answers to what it is sent. */
  readonly #takeAnswers = (): void => {
    const end = performance.now() + STAY_MS
    do {
      if (!this.#isOpen) return
      this.#hasSent = false
      this.#receive()
    } while (this.#hasSent && this.#isOpen && performance.now() < end && this.#isAloneReadable())
  }

  #receive(): void {
    const [from, fromOctets] = [this.#from, this.#fromOctets]
    const length = this.#libc.recvfrom(this.#fd, RECEIVED, RECEIVED.length, MSG_DONTWAIT, from, fromOctets)
    if (length === -1) return
    const octets = RECEIVED.subarray(0, length)
    if (from.equals(this.#peer)) this.#hear(octets)
    else this.#hear(octets, answer => this.#sendTo(answer, from))
  }

  #sendTo(octets: Buffer, to: Buffer): boolean {
    return this.#libc.sendto(this.#fd, octets, octets.length, MSG_DONTWAIT, to, to.length) !== -1
  }

  /**
   * Waits where the event loop waits, and whether it would be woken for this socket and nothing else. What it would be
   * told stays there for it; and were it not told like this, all that came would go the longer way.
   */
  #isAloneReadable(): boolean {
    const { epoll_wait, loopFd } = this.#libc
    return epoll_wait(loopFd, EVENTS, 2, WAIT_MS) === 1 && EVENTS.readInt32LE(EVENT_FD_OFFSET) === this.#fd
  }
}
