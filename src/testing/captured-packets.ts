import { readFileSync } from 'node:fs'

/** What a captured UDP datagram carried, and between which ports. */
export type CapturedPacket = {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly payload: Buffer
}

const CAPTURES = new URL('../../../shared/pcaps/', import.meta.url)
const FILE_HEADER_OCTETS = 24
const PACKET_HEADER_OCTETS = 16
const ETHERNET_OCTETS = 14
const UDP_OCTETS = 8

/** The captures of real firmware. */
export const CAPTURE_FILES = ['bios-ipxe-virtio', 'uefi-http-ovmf', 'uefi-pxe-ovmf'] as const

/**
 * The UDP datagrams of a capture, in their order. It must be a little-endian pcap file of whole Ethernet frames
 * with IPv4 and UDP, as all of ours are.
 *
 *     | file header 24 | { seconds 4 | microseconds 4 | captured 4 | length 4 | Ethernet 14 | IPv4 | UDP 8 | payload } ...
 */
export const capturedPackets = (file: (typeof CAPTURE_FILES)[number]): readonly CapturedPacket[] => {
  const bytes = readFileSync(new URL(`${file}.udp.pcap`, CAPTURES))
  const packets: CapturedPacket[] = []
  for (let at = FILE_HEADER_OCTETS; at < bytes.length; ) {
    const start = at + PACKET_HEADER_OCTETS
    const ip = start + ETHERNET_OCTETS
    const udp = ip + 4 * (bytes.readUInt8(ip) & 0xf)
    packets.push({
      sourcePort: bytes.readUInt16BE(udp),
      destinationPort: bytes.readUInt16BE(udp + 2),
      payload: bytes.subarray(udp + UDP_OCTETS, udp + bytes.readUInt16BE(udp + 4)),
    })
    at = start + bytes.readUInt32LE(at + 8)
  }
  return packets
}

/** The DHCP messages of a capture. */
export const capturedDhcp = (file: (typeof CAPTURE_FILES)[number]): readonly Buffer[] =>
  capturedPackets(file)
    .filter(({ sourcePort, destinationPort }) => [sourcePort, destinationPort].includes(67))
    .map(({ payload }) => payload)

const DHCP_PORTS = [67, 68, 4011]

/** What OVMF and a TFTP server said to each other: two requests, the first of which it aborts, and a whole file. */
export const capturedTftp = (): readonly Buffer[] =>
  capturedPackets('uefi-pxe-ovmf')
    .filter(
      ({ sourcePort, destinationPort }) =>
        ![sourcePort, destinationPort].some(port => DHCP_PORTS.includes(port)),
    )
    .map(({ payload }) => payload)
