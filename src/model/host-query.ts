import { formatIpAddress, parseIpAddress } from './ip-address.ts'
import type { CountSteps } from './steps.ts'

/** What stood in the place of HOST on the command line. */
export type HostQuery =
  /** `atApexOnly`: below the apex of a zone, or the domain of a search base, and not among all hosts. */
  | { readonly kind: 'short'; readonly name: string; readonly atApexOnly?: true }
  | { readonly kind: 'fqdn'; readonly name: string }
  | { readonly kind: 'mac'; readonly mac: string }
  | { readonly kind: 'uuid'; readonly uuid: string }
  | { readonly kind: 'ip'; readonly ip: string }

const DNS_LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/
const MAC = /^(?:[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}|[0-9a-f]{12})$/

/** A MAC in any of its four spellings as `aa:bb:cc:dd:ee:ff`, undefined where it is none. Pure. */
export const parseMac = (text: string): string | undefined => {
  const lower = text.toLowerCase()
  if (!MAC.test(lower)) return undefined
  return lower.replace(/[^0-9a-f]/g, '').replace(/(..)(?=.)/g, '$1:')
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Reads HOST: an IP, a MAC, a machine's UUID (SMBIOS), a full name or a short one; undefined where it is none of them. Pure. */
export const parseHostQuery = (text: string, count?: CountSteps): HostQuery | undefined => {
  count?.(text.length)
  const octets = parseIpAddress(text)
  if (octets !== undefined) return { kind: 'ip', ip: formatIpAddress(octets) }
  const mac = parseMac(text)
  if (mac !== undefined) return { kind: 'mac', mac }
  const uuid = text.toLowerCase()
  if (UUID.test(uuid)) return { kind: 'uuid', uuid }
  const name = parseHostname(text)
  if (name === undefined) return undefined
  return name.includes('.') ? { kind: 'fqdn', name } : { kind: 'short', name }
}

/** A host name in lower case without the dot at its end (RFC 1123, section 2.1), undefined where it is none. Pure. */
export const parseHostname = (text: string): string | undefined => {
  const name = text.toLowerCase().replace(/\.$/, '')
  if (name === '' || name.length > 253) return undefined
  return name.split('.').every(part => part.length <= 63 && DNS_LABEL.test(part)) ? name : undefined
}
