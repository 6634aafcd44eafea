import type { CountSteps } from '../../model/steps.ts'

/** A message as it goes over TCP, its length in two octets in front (RFC 1035, section 4.2.2). */
export const frameMessage = (message: Buffer): Buffer => {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

/** The whole messages at the beginning of what came over TCP, and what is left for later. */
export const takeMessages = (
  received: Buffer,
  count?: CountSteps,
): { messages: readonly Buffer[]; rest: Buffer } => {
  const messages: Buffer[] = []
  let rest = received
  while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
    const end = 2 + rest.readUInt16BE(0)
    count?.(end)
    messages.push(Buffer.from(rest.subarray(2, end)))
    rest = rest.subarray(end)
  }
  return { messages, rest }
}

/** Takes what comes over TCP piece by piece, and gives the messages that are whole by then; each octet is copied once. */
export const messageReader = (): ((piece: Buffer) => readonly Buffer[]) => {
  let firstOctet: number | undefined
  let message: Buffer | undefined
  let filled = 0
  return piece => {
    const messages: Buffer[] = []
    for (let at = 0; at < piece.length; ) {
      if (message === undefined) {
        const octet = piece[at++] as number
        if (firstOctet === undefined) {
          firstOctet = octet
          continue
        }
        message = Buffer.allocUnsafe((firstOctet << 8) | octet)
        firstOctet = undefined
        filled = 0
      } else {
        const taken = piece.copy(message, filled, at)
        filled += taken
        at += taken
      }
      if (filled < message.length) continue
      messages.push(message)
      message = undefined
    }
    return messages
  }
}
