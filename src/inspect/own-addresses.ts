import { readFile } from 'node:fs/promises'
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import { formatIpAddress, parseIpAddress } from '../model/ip-address.ts'
import { isFile } from './folder.ts'

/** Flags of an IPv6 address that nobody should be told: temporary, failed, deprecated, tentative (linux/if_addr.h). */
const UNSTABLE_FLAGS = 0x01 | 0x08 | 0x20 | 0x40

/**
 * The addresses of this machine that may be registered, IPv4 first: none of loopback, none link-local, none temporary
 * (contract, section 8).
 */
export const readOwnAddresses = async (): Promise<readonly string[]> => {
  const path = '/proc/net/if_inet6'
  const unstable = parseUnstableAddresses((await isFile(path)) ? await readFile(path, 'utf8') : '')
  return lastingAddresses(Object.values(networkInterfaces()).flat(), unstable)
}

/** Whether a name and one of its addresses are those of this machine. */
export const isThisMachine = async (fqdn: string, addresses: readonly string[]): Promise<boolean> => {
  const own = new Set(await readOwnAddresses())
  return isNameOf(hostname(), fqdn) && addresses.some(address => own.has(address))
}

/** Whether a machine that calls itself so, by its short or full name, is the one meant. Pure. */
export const isNameOf = (ownName: string, fqdn: string): boolean =>
  [fqdn, fqdn.split('.')[0]].includes(ownName.toLowerCase())

/** Those of the interfaces that last, in their single form. Pure. */
export const lastingAddresses = (
  found: readonly (Pick<NetworkInterfaceInfo, 'address' | 'internal' | 'family'> | undefined)[],
  unstable: ReadonlySet<string>,
): readonly string[] => {
  const addresses = found.flatMap(each => (each === undefined || each.internal ? [] : each))
  const ordered = addresses.toSorted((a, b) => a.family.localeCompare(b.family))
  return ordered.flatMap(({ address }) => {
    const octets = parseIpAddress(address)
    if (octets === undefined || isLinkLocal(octets)) return []
    const text = formatIpAddress(octets)
    return unstable.has(text) ? [] : [text]
  })
}

/**
 * IPv6 addresses that do not last, from `/proc/net/if_inet6`. Pure.
 *
 *     20010db8000000000000000000000011 02 40 00 01     eth0
 *     address                          index prefix scope flags name, all in hexadecimal
 */
export const parseUnstableAddresses = (text: string): ReadonlySet<string> => {
  const fields = text.split('\n').map(line => line.trim().split(/\s+/))
  const unstable = fields.filter(
    ([, , , , flags = '0']) => (Number.parseInt(flags, 16) & UNSTABLE_FLAGS) !== 0,
  )
  return new Set(unstable.map(([address = '']) => formatIpAddress(Buffer.from(address, 'hex'))))
}

/** RFC 3927, section 2.1: 169.254/16; RFC 4291, section 2.5.6: fe80::/10. */
const isLinkLocal = (octets: Buffer): boolean =>
  octets.length === 4 ? octets.readUInt16BE() === 0xa9fe : (octets.readUInt16BE() & 0xffc0) === 0xfe80
