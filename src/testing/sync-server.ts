import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { BindResponse, SearchResponse } from 'ldapts'
import { berElements, TAG } from '../source/ldap/ber.ts'
import { messageFrames } from '../source/ldap/message-frames.ts'
import type { SyncMessage } from '../source/ldap/sync-message.ts'
import { encodeSyncAnswer } from './sync-answers.ts'

/** A search of content synchronisation that a scripted server was asked. */
export type AskedSync = {
  readonly cookie: string | undefined
  readonly send: (...answers: readonly SyncMessage[]) => void
  /** Octets as they are, whatever they mean. */
  readonly sendOctets: (bytes: Buffer) => void
  /** From now on nothing is answered, as if the server hung. */
  readonly hang: () => void
}

/** A server that plays a part: the first search gets the first script, and so on; the last one again and again. */
export type SyncServer = { readonly url: string; readonly stop: () => Promise<void> }

/** Starts it on a free port of 127.0.0.1. Every bind succeeds; other searches find nothing. */
export const startSyncServer = async (
  scripts: readonly ((asked: AskedSync) => void)[],
): Promise<SyncServer> => {
  const sockets = new Set<Socket>()
  let asked = 0
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    const frames = messageFrames(1 << 20)
    let hangs = false
    const write = (bytes: Buffer): void => {
      if (!hangs) socket.write(bytes)
    }
    socket.on('data', bytes => {
      for (const frame of frames(bytes)) {
        const { messageId, kind, cookie } = readRequest(frame)
        if (kind === 'bind') write(new BindResponse({ messageId }).write())
        if (kind === 'search') write(new SearchResponse({ messageId }).write())
        if (kind !== 'sync') continue
        scripts[Math.min(asked, scripts.length - 1)]?.({
          cookie,
          send: (...answers) =>
            write(Buffer.concat(answers.map(answer => encodeSyncAnswer(messageId, answer)))),
          sendOctets: write,
          hang: () => {
            hangs = true
          },
        })
        asked += 1
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `ldap://127.0.0.1:${port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

type Request = {
  readonly messageId: number
  readonly kind: 'bind' | 'search' | 'sync' | 'other'
  readonly cookie?: string
}

const readRequest = (frame: Buffer): Request => {
  const message = berElements(frame).inside(TAG.sequence)
  const messageId = message.number(TAG.integer)
  if (message.isNext(0x60)) return { messageId, kind: 'bind' }
  if (!message.isNext(0x63)) return { messageId, kind: 'other' }
  message.skip()
  if (!message.hasMore()) return { messageId, kind: 'search' }
  const control = message.inside(0xa0).inside(TAG.sequence)
  if (control.text(TAG.octetString) !== '1.3.6.1.4.1.4203.1.9.1.1') return { messageId, kind: 'search' }
  control.skip()
  const value = berElements(control.octets(TAG.octetString)).inside(TAG.sequence)
  value.skip()
  const cookie = value.hasMore() ? { cookie: value.octets(TAG.octetString).toString('hex') } : {}
  return { messageId, kind: 'sync', ...cookie }
}
