import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { decodePacket, encodePacket, type TftpPacket } from '../wire/tftp/packet.ts'

/** What a client asks for, and how it behaves. */
export type TftpRequest = {
  readonly port: number
  readonly host?: string
  readonly name: string
  readonly mode?: string
  readonly options?: Readonly<Record<string, string | number>>
  /** Whether the next packet is lost, one that is sent or one that came. */
  readonly isLost?: () => boolean
  /** How often each ACK is sent; 1 if absent. */
  readonly copiesOfAck?: number
  /** How long to wait for a packet before what was said last is said again; 1000 if absent. */
  readonly timeoutMs?: number
  /** Takes the blocks in their order, in the place of `octets` of the result. */
  readonly take?: (payload: Buffer) => void
  /** Still acknowledges the last block, so long after it came first; 0 if absent. */
  readonly lingerMs?: number
}

/** What a client got. `options` is what OACK said; `error` ended it. */
export type TftpResult = {
  readonly octets: Buffer
  readonly options: ReadonlyMap<string, string>
  readonly error?: { readonly code: number; readonly message: string }
  /** DATA packets that came, lost ones not counted. */
  readonly blocks: number
  /** The address that they came from. */
  readonly from: string
}

const MOST_TIMEOUTS = 20

/** Reads a file by TFTP as RFC 7440 has it; rejects where the server says nothing any more. */
export const readByTftp = (request: TftpRequest): Promise<TftpResult> =>
  new Promise((resolve, reject) => {
    const { host = '127.0.0.1', lingerMs = 0, timeoutMs = 1000 } = request
    const socket = createSocket({
      type: host.includes(':') ? 'udp6' : 'udp4',
      lookup: (address, _family, done) => done(null, address, address.includes(':') ? 6 : 4),
      recvBufferSize: 1 << 20,
    })
    const client = new Client(request, socket, host, result => {
      clearTimeout(timer)
      resolve(result)
      setTimeout(() => socket.close(), lingerMs)
    })
    let timeouts = 0
    const onTimeout = (): void => {
      if (++timeouts > MOST_TIMEOUTS) {
        socket.close()
        reject(new Error(`no answer for "${request.name}"`))
        return
      }
      timer = setTimeout(onTimeout, timeoutMs)
      client.timeout()
    }
    let timer = setTimeout(onTimeout, timeoutMs)
    socket.on('error', reject)
    socket.on('message', (bytes, from) => {
      if (request.isLost?.() === true) return
      timeouts = 0
      timer.refresh()
      client.take(bytes, from)
    })
    client.timeout()
  })

/** What a client says to what it hears; a timer belongs to who calls. */
class Client {
  readonly #request: TftpRequest
  readonly #socket: Socket
  readonly #host: string
  readonly #onEnd: (result: TftpResult) => void
  readonly #payloads: Buffer[] = []
  #options: ReadonlyMap<string, string> = new Map()
  #blockSize = 512
  #windowSize = 1
  #server: Pick<RemoteInfo, 'address' | 'port'> | undefined
  #received = 0
  #acknowledged = 0
  #blocks = 0
  #isWhole = false
  #hasComplained = false

  constructor(request: TftpRequest, socket: Socket, host: string, onEnd: (result: TftpResult) => void) {
    this.#request = request
    this.#socket = socket
    this.#host = host
    this.#onEnd = onEnd
  }

  take(bytes: Buffer, from: RemoteInfo): void {
    this.#server ??= { address: from.address, port: from.port }
    if (from.port !== this.#server.port) return
    const packet = decodePacket(bytes)
    if (packet.kind === 'data') this.#takeBlock(packet.block, packet.payload as Buffer)
    if (packet.kind === 'error' && !this.#isWhole) this.#end({ code: packet.code, message: packet.message })
    if (packet.kind !== 'options-ack') return
    this.#options = packet.options
    this.#blockSize = Number(packet.options.get('blksize') ?? this.#blockSize)
    this.#windowSize = Number(packet.options.get('windowsize') ?? this.#windowSize)
    this.#acknowledge()
  }

  /** Says again what was said last: at first the request. */
  timeout(): void {
    if (this.#server !== undefined) {
      this.#acknowledge()
      return
    }
    const { name, mode = 'octet', options: asked = {} } = this.#request
    const pairs = Object.entries(asked).map(([option, value]): [string, string] => [option, String(value)])
    this.#send({ kind: 'read-request', filename: name, mode, options: new Map(pairs) })
  }

  #send(packet: TftpPacket): void {
    if (this.#request.isLost?.() === true) return
    this.#socket.send(encodePacket(packet), this.#server?.port ?? this.#request.port, this.#host)
  }

  #acknowledge(): void {
    this.#acknowledged = this.#received
    for (let copies = this.#request.copiesOfAck ?? 1; copies > 0; copies--) {
      this.#send({ kind: 'ack', block: this.#received & 0xffff })
    }
  }

  #takeBlock(block: number, payload: Buffer): void {
    this.#blocks++
    if (this.#isWhole || block !== ((this.#received + 1) & 0xffff)) {
      if (this.#isWhole || !this.#hasComplained) this.#acknowledge()
      this.#hasComplained = true
      return
    }
    this.#received++
    this.#hasComplained = false
    if (this.#request.take === undefined) this.#payloads.push(Buffer.from(payload))
    else this.#request.take(payload)
    const isLast = payload.length < this.#blockSize
    if (isLast || this.#received - this.#acknowledged === this.#windowSize) this.#acknowledge()
    if (isLast) this.#end()
  }

  #end(error?: TftpResult['error']): void {
    this.#isWhole = true
    this.#onEnd({
      octets: Buffer.concat(this.#payloads),
      options: this.#options,
      blocks: this.#blocks,
      from: this.#server?.address ?? '',
      ...(error && { error }),
    })
  }
}
