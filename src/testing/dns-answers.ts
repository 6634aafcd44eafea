import packet, { type Packet } from 'dns-packet'
import { type AnswerOptions, type Asker, answerer } from '../server/dns/answer.ts'

/** Octets of an answer of these options; undefined where there is none, or a stream is to have a transfer. */
export type AnswerTo = (query: Buffer, asker?: Partial<Asker>) => Buffer | 'drop' | 'transfer'

/** The largest message over TCP. */
const ROOM_OCTETS = 65_535

/** Answers as a server would, over UDP from 192.0.2.9 unless it is said otherwise. */
export const answersOf = (options: AnswerOptions): AnswerTo => {
  const answer = answerer(options)
  return (query, asker = {}) => {
    // What a message before left there must not count.
    const room = Buffer.alloc(ROOM_OCTETS, 0xc0)
    const length = query.copy(room)
    const { kind, octets } = answer(room, length, { isStream: false, client: () => '192.0.2.9', ...asker })
    return kind === 'answer' ? Buffer.from(room.subarray(0, octets)) : kind
  }
}

/** A question of class IN as `dns-packet` writes it, with RD; `over` is the rest of the message. */
export const queryFor = ({
  name,
  type,
  over = {},
}: {
  readonly name: string
  readonly type: string
  readonly over?: Partial<Packet>
}): Buffer =>
  packet.encode({
    type: 'query',
    id: 0x1234,
    flags: packet.RECURSION_DESIRED,
    questions: [{ name, type: type as 'TXT', class: 'IN' }],
    ...over,
  })
