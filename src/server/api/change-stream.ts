import type { ClassLists, ListChanges } from '../../model/class-lists.ts'
import { toHostChange } from '../../resolve/host-change.ts'

/** Changes as they come, for any number of clients up to a bound (Server-Sent Events, HTML Living Standard, section 9.2). */
export type ChangeStreams = {
  /** What a client reads; undefined where there are enough of them. `lastId` is what it had last. */
  readonly open: (lastId: string | undefined) => ReadableStream<Uint8Array> | undefined
  readonly close: () => void
}

/** Bounds of the streams. */
export type StreamLimits = {
  readonly clients: number
  /** Events that a client may catch up with. */
  readonly events: number
  /** Hosts in an event; of one with more there is `reset`. */
  readonly hosts: number
  /** Octets that a client may be behind. */
  readonly octets: number
  readonly heartbeatMs: number
}

const LIMITS: StreamLimits = { clients: 64, events: 256, hosts: 1000, octets: 1 << 20, heartbeatMs: 15_000 }

/**
 * Follows lists. Ids go on from the time of the start, so that none comes twice after another start; a client that was away
 * for too long is told to `reset`: to read all lists again.
 */
export const openChangeStreams = (
  lists: Pick<ClassLists, 'onChanges'>,
  nowMs: number,
  changed: Partial<StreamLimits> = {},
): ChangeStreams => {
  const limits = { ...LIMITS, ...changed }
  const ring: { readonly id: number; readonly text: string }[] = []
  const clients = new Set<ReadableStreamDefaultController<Uint8Array>>()
  let lastId = nowMs
  const send = (client: ReadableStreamDefaultController<Uint8Array>, text: string): void => {
    client.enqueue(Buffer.from(text))
    if ((client.desiredSize ?? 0) > 0) return
    clients.delete(client)
    client.error(new Error('the client reads too slowly'))
  }
  const toAll = (text: string): void => {
    for (const client of clients) send(client, text)
  }
  const unfollow = lists.onChanges(changes => {
    lastId++
    const text = changes.changes.length > limits.hosts ? resetText(lastId) : changeText(lastId, changes)
    ring.push({ id: lastId, text })
    if (ring.length > limits.events) ring.shift()
    toAll(text)
  })
  const heartbeat = setInterval(() => toAll(':\n\n'), limits.heartbeatMs).unref()
  const missed = (from: string | undefined): string => {
    if (from === undefined) return `id: ${lastId}\n\n`
    const first = (ring[0]?.id ?? lastId + 1) - 1
    const id = /^\d{1,16}$/.test(from) ? Number(from) : -1
    if (id < first || id > lastId) return resetText(lastId)
    return `:\n\n${ring
      .filter(event => event.id > id)
      .map(({ text }) => text)
      .join('')}`
  }
  return {
    open: from => {
      if (clients.size >= limits.clients) return undefined
      let own: ReadableStreamDefaultController<Uint8Array> | undefined
      return new ReadableStream<Uint8Array>(
        {
          start: client => {
            own = client
            clients.add(client)
            client.enqueue(Buffer.from(missed(from)))
          },
          cancel: () => void (own && clients.delete(own)),
        },
        new ByteLengthQueuingStrategy({ highWaterMark: limits.octets }),
      )
    },
    close: () => {
      clearInterval(heartbeat)
      unfollow()
      for (const client of clients) client.close()
      clients.clear()
    },
  }
}

const resetText = (id: number): string => `id: ${id}\nevent: reset\ndata: {}\n\n`

const changeText = (id: number, { cause: { atMs, ...cause }, changes }: ListChanges): string => {
  const hosts = changes.flatMap(
    ({ name, before, after }) =>
      toHostChange(name, before && { list: before }, after && { list: after }) ?? [],
  )
  const event = { at: new Date(atMs).toISOString(), cause, hosts }
  return `id: ${id}\nevent: change\ndata: ${JSON.stringify(event)}\n\n`
}
