import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { TransferOut } from '../server/dns/transfer-out.ts'
import { isTransferQuestion } from '../server/dns/transfer-request.ts'
import { decodeMessage } from '../wire/dns/message.ts'
import { takeMessages } from '../wire/dns/stream.ts'

/** Listens on a free TCP port of 127.0.0.1 for transfers alone; gives the port, and what ends it. */
export const listenForTransfers = async (
  transferOut: TransferOut,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> => {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    let received: Buffer = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', bytes => {
      const { messages, rest } = takeMessages(Buffer.concat([received, bytes]))
      received = rest
      for (const each of messages) {
        const message = decodeMessage(each)
        if (isTransferQuestion(message)) void transferOut.answerStream(each, message, socket)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
