import { createSocket, type Socket } from 'node:dgram'
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
    const { take, timeout } = clientOf(request, socket, host, result => {
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
      timeout()
    }
    let timer = setTimeout(onTimeout, timeoutMs)
    socket.on('error', reject)
    socket.on('message', (bytes, from) => {
      if (request.isLost?.() === true) return
      timeouts = 0
      timer.refresh()
      take(bytes, from.address, from.port)
    })
    timeout()
  })

type Client = {
  readonly take: (bytes: Buffer, address: string, port: number) => void
  /** Says again what was said last: at first the request. */
  readonly timeout: () => void
}

/** What a client says to what it hears; a timer belongs to who calls. */
const clientOf = (
  request: TftpRequest,
  socket: Socket,
  host: string,
  onEnd: (result: TftpResult) => void,
): Client => {
  const payloads: Buffer[] = []
  let options: ReadonlyMap<string, string> = new Map()
  let [blockSize, windowSize] = [512, 1]
  let server: number | undefined
  let from = ''
  let [received, acknowledged, blocks] = [0, 0, 0]
  let [isWhole, hasComplained] = [false, false]

  const send = (packet: TftpPacket): void => {
    if (request.isLost?.() !== true) socket.send(encodePacket(packet), server ?? request.port, host)
  }
  const acknowledge = (): void => {
    acknowledged = received
    for (let copies = request.copiesOfAck ?? 1; copies > 0; copies--) {
      send({ kind: 'ack', block: received & 0xffff })
    }
  }
  const end = (error?: TftpResult['error']): void => {
    isWhole = true
    onEnd({ octets: Buffer.concat(payloads), options, blocks, from, ...(error && { error }) })
  }
  const takeBlock = (block: number, payload: Buffer): void => {
    blocks++
    if (isWhole || block !== ((received + 1) & 0xffff)) {
      if (isWhole || !hasComplained) acknowledge()
      hasComplained = true
      return
    }
    received++
    hasComplained = false
    if (request.take === undefined) payloads.push(Buffer.from(payload))
    else request.take(payload)
    const isLast = payload.length < blockSize
    if (isLast || received - acknowledged === windowSize) acknowledge()
    if (isLast) end()
  }
  return {
    take: (bytes, address, port) => {
      server ??= port
      from = address
      if (port !== server) return
      const packet = decodePacket(bytes)
      if (packet.kind === 'data') return takeBlock(packet.block, packet.payload as Buffer)
      if (packet.kind === 'error' && !isWhole) return end({ code: packet.code, message: packet.message })
      if (packet.kind !== 'options-ack') return
      options = packet.options
      blockSize = Number(options.get('blksize') ?? blockSize)
      windowSize = Number(options.get('windowsize') ?? windowSize)
      acknowledge()
    },
    timeout: () => {
      if (server !== undefined) return acknowledge()
      const { name, mode = 'octet', options: asked = {} } = request
      const pairs = Object.entries(asked).map(([option, value]): [string, string] => [option, String(value)])
      send({ kind: 'read-request', filename: name, mode, options: new Map(pairs) })
    },
  }
}
