import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { SourceStanding } from '../model/class-lists.ts'
import { type FollowedDns, type FollowOptions, followDns } from '../source/dns/follow-dns.ts'
import { answerNotify } from '../source/dns/notify.ts'
import type { SourceChange } from '../source/live-source.ts'
import { PATIENCE_MS } from './patience.ts'

/** A zone that a test follows. */
export type FollowedZone = FollowedDns & {
  /** Every change that was made in memory, in order. */
  readonly changes: readonly SourceChange[]
  /** Resolves once it is so, looking again after each change and each new standing. */
  readonly until: (isSo: (standing: SourceStanding) => boolean) => Promise<void>
  /** Ends following; whatever the test began on the way is over then. */
  readonly stop: () => Promise<void>
}

/** Follows a zone as the engine does when nobody reads: each change is made at once. */
export const followZone = (options: FollowOptions): FollowedZone => {
  const followed = followDns(options)
  const abort = new AbortController()
  const changes: SourceChange[] = []
  let tell = (): void => {}
  const changed = (apply: () => SourceChange): void => {
    changes.push(apply())
    tell()
  }
  const following = followed.follow({ changed, stood: () => tell() }, abort.signal)
  return {
    ...followed,
    changes,
    until: async isSo => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const timer = setTimeout(
        () => reject(new Error(`it did not come to that: ${JSON.stringify(followed.standing())}`)),
        PATIENCE_MS,
      )
      tell = () => {
        if (isSo(followed.standing())) resolve()
      }
      tell()
      await promise.finally(() => clearTimeout(timer))
    },
    stop: async () => {
      abort.abort()
      await following
    },
  }
}

/** A port of 127.0.0.1 where NOTIFY is taken. */
export type NotifyPort = {
  readonly port: number
  /** Who follows; may change. */
  readonly followed: FollowedDns[]
  readonly stop: () => Promise<void>
}

/** Hands each NOTIFY over UDP to those that follow. */
export const openNotifyPort = async (): Promise<NotifyPort> => {
  const socket = createSocket('udp4')
  const followed: FollowedDns[] = []
  socket.on('message', (bytes, { address, port }) => {
    const answer = answerNotify(bytes, address, followed)
    if (answer !== undefined) socket.send(answer, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const stop = async (): Promise<void> => {
    socket.close()
    await once(socket, 'close')
  }
  return { port: socket.address().port, followed, stop }
}
