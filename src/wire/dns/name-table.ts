/** Offsets that a pointer can hold are below this. */
const POINTER_END = 0x4000

/**
 * Compresses the names of one message (RFC 1035, section 4.1.4): gives what to write at `offset` for a name in its wire form,
 * with a pointer in place of the longest tail that stood in the message before. Tails count as the same where their octets are,
 * so that every name keeps its case.
 *
 *     00LLLLLL octets...           label of L octets; L = 0 ends the name
 *     11PPPPPP PPPPPPPP            the rest stands at offset P
 */
export const nameTable = (): ((name: Buffer, offset: number) => Buffer) => {
  const offsets = new Map<string, number>()
  return (name, offset) => {
    let at = 0
    for (let length = name[at] ?? 0; length > 0; length = name[at] ?? 0) {
      const tail = name.toString('latin1', at)
      const known = offsets.get(tail)
      if (known !== undefined) return pointed(name.subarray(0, at), known)
      if (offset + at < POINTER_END) offsets.set(tail, offset + at)
      at += 1 + length
    }
    return name
  }
}

const pointed = (front: Buffer, offset: number): Buffer => {
  const name = Buffer.allocUnsafe(front.length + 2)
  front.copy(name)
  name.writeUInt16BE(0xc000 | offset, front.length)
  return name
}
