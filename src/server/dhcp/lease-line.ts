import { crc32 } from 'node:zlib'
import { parseIpAddress } from '../../model/ip-address.ts'
import type { Lease } from './lease-table.ts'

const STATES = ['bound', 'free', 'declined'] as const
const CHECKSUM_DIGITS = 8

/** Whether a lease outlives this process: an offer does not, nor what the sources say of an address. Pure. */
export const isKept = ({ state, client }: Lease): boolean =>
  STATES.some(kept => kept === state) && (client !== '' || state === 'declined')

/**
 * A lease as a line of the file of leases, without its end. Pure.
 *
 *     CRC-32, 8 hexadecimal digits | space | {"address":"192.0.2.100","client":"52:54:00:12:34:56","state":"bound","until":"2026-11-22T20:00:00.000Z"}
 */
export const formatLeaseLine = ({ address, client, state, until }: Lease): string => {
  const json = JSON.stringify({ address, client, state, until: new Date(until).toISOString() })
  return `${checksum(json)} ${json}`
}

/** The lease of a line; undefined where the line was cut or changed. Pure. */
export const parseLeaseLine = (line: string): Lease | undefined => {
  const json = line.slice(CHECKSUM_DIGITS + 1)
  if (!line.startsWith(`${checksum(json)} {`)) return undefined
  const { address, client, state, until } = JSON.parse(json)
  const milliseconds = Date.parse(until)
  const isLease = parseIpAddress(address) !== undefined && STATES.includes(state) && milliseconds >= 0
  return isLease ? { address, client: String(client), state, until: milliseconds } : undefined
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(CHECKSUM_DIGITS, '0')
