import { WireError } from '../../wire/wire-error.ts'
import { messageLength } from './ber.ts'

/** Takes octets as they come and gives the LDAP messages that are whole with them. */
export type MessageFrames = (bytes: Buffer) => readonly Buffer[]

/**
 * Cuts a stream of octets into LDAP messages (RFC 4511, section 5.1). A message longer than `limitOctets`, or what is
 * none, throws a `WireError`. Octets are put together once for each message, however many pieces it came in.
 */
export const messageFrames = (limitOctets: number): MessageFrames => {
  let pieces: Buffer[] = []
  let received = 0
  // No message is shorter than its tag and length.
  let wanted = 2
  return bytes => {
    pieces.push(bytes)
    received += bytes.length
    if (received < wanted) return []
    let rest = Buffer.concat(pieces)
    const messages: Buffer[] = []
    for (;;) {
      const length = messageLength(rest)
      if (length !== undefined && length > limitOctets)
        throw new WireError(`a message is longer than ${limitOctets} octets (found ${length})`, 0)
      wanted = length ?? rest.length + 1
      if (wanted > rest.length) break
      messages.push(rest.subarray(0, wanted))
      rest = rest.subarray(wanted)
    }
    pieces = [rest]
    received = rest.length
    return messages
  }
}
