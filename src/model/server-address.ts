import { parseIpAddress } from './ip-address.ts'

/** Where a server listens. */
export type ServerAddress = { readonly host: string; readonly port: number }

/** Of name servers (RFC 1035, section 4.2). */
export const DNS_PORT = 53

/** Parses `HOST`, `HOST:PORT`, `2001:db8::1` or `[2001:db8::1]:PORT`; undefined where it is none. Pure. */
export const parseServerAddress = (text: string, defaultPort: number): ServerAddress | undefined => {
  if (text.includes(':') && parseIpAddress(text) !== undefined) return { host: text, port: defaultPort }
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  if (host === undefined || (match?.[1] !== undefined && !isIpv6(host))) return undefined
  const port = match?.[3] === undefined ? defaultPort : Number(match[3])
  return port >= 1 && port <= 65535 ? { host, port } : undefined
}

/** The address as it stands in messages: `127.0.0.1:5300`, `[2001:db8::1]:53`. */
export const formatServerAddress = ({ host, port }: ServerAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

const isIpv6 = (text: string): boolean => parseIpAddress(text)?.length === 16
