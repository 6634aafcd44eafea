import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { TsigKey } from '../model/tsig-key.ts'
import type { TransferOut } from '../server/dns/transfer-out.ts'
import { isTransferQuestion } from '../server/dns/transfer-request.ts'
import type { TransferableZone } from '../server/dns/zone-change.ts'
import { decodeMessage, encodeMessage } from '../wire/dns/message.ts'
import { frameMessage, takeMessages } from '../wire/dns/stream.ts'
import { answerSigner, verifyRequest } from '../wire/dns/tsig-answer.ts'

/** What is answered: transfers, and by the SOA record any other question. */
export type Answering = {
  readonly transferOut: TransferOut
  readonly zone: TransferableZone
  readonly keys: readonly TsigKey[]
}

/** A listener on a free port of 127.0.0.1, UDP and TCP; it hangs up on everybody before `answer` was called. */
export type TransferListener = {
  readonly port: number
  readonly answer: (answering: Answering) => void
  readonly stop: () => Promise<void>
}

/** Listens for what a secondary asks its primary. */
export const listenForTransfers = async (): Promise<TransferListener> => {
  let answering: Answering | undefined
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    let received: Buffer = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', bytes => {
      if (answering === undefined) return void socket.destroy()
      const { messages, rest } = takeMessages(Buffer.concat([received, bytes]))
      received = rest
      for (const each of messages) {
        const message = decodeMessage(each)
        if (isTransferQuestion(message)) void answering.transferOut.answerStream(each, message, socket)
        else socket.write(frameMessage(soaAnswer(each, answering)))
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const udp = createSocket('udp4').bind(port, '127.0.0.1')
  udp.on('message', (bytes, peer) => {
    if (answering === undefined) return
    const message = decodeMessage(bytes)
    const answer = isTransferQuestion(message)
      ? answering.transferOut.answerDatagram(bytes, message, peer.address)
      : soaAnswer(bytes, answering)
    udp.send(answer, peer.port, peer.address)
  })
  await once(udp, 'listening')
  return {
    port,
    answer: next => {
      answering = next
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      udp.close()
      server.close()
      await once(server, 'close')
    },
  }
}

const soaAnswer = (bytes: Buffer, { zone, keys }: Answering): Buffer => {
  const message = decodeMessage(bytes)
  const now = Math.floor(Date.now() / 1000)
  const signature = verifyRequest(bytes, message, keys, now)
  const answer = encodeMessage({
    ...message,
    isResponse: true,
    authoritative: true,
    answers: [zone.soa().record],
    additionals: [],
  })
  return signature.ok ? answerSigner(signature)(answer, now) : answer
}
