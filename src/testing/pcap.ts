import { readFileSync } from 'node:fs'

/** A UDP datagram of a capture. */
export type Datagram = { readonly sourcePort: number; readonly targetPort: number; readonly payload: Buffer }

const CAPTURES = new URL('../../../shared/pcaps/', import.meta.url)

/** The UDP datagrams of a capture beside the repository, in their order. */
export const readCapture = (file: string): readonly Datagram[] =>
  decodeCapture(readFileSync(new URL(file, CAPTURES)))

/**
 * The UDP datagrams of a capture in the classic format, little-endian, of Ethernet frames with IPv4 without fragments.
 *
 *      0        24                               40
 *     | header | seconds 4 | fraction 4 | captured 4 | sent 4 | frame | ...
 *     frame: | Ethernet 14 | IPv4, 4 times the low half of its first octet | ports 2 2 | length 2 | sum 2 | payload
 */
const decodeCapture = (bytes: Buffer): readonly Datagram[] => {
  if (bytes.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error('not a capture that this reads')
  const datagrams: Datagram[] = []
  for (let offset = 24; offset < bytes.length; ) {
    const end = offset + 16 + bytes.readUInt32LE(offset + 8)
    const udp = offset + 30 + 4 * ((bytes[offset + 30] ?? 0) & 0xf)
    datagrams.push({
      sourcePort: bytes.readUInt16BE(udp),
      targetPort: bytes.readUInt16BE(udp + 2),
      payload: bytes.subarray(udp + 8, udp + bytes.readUInt16BE(udp + 4)),
    })
    offset = end
  }
  return datagrams
}
