/** Where an LDAP server is (RFC 4516, section 2; `ldapi` as OpenLDAP writes it). */
export type LdapAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: boolean }
  | { readonly kind: 'socket'; readonly path: string }

/**
 * Reads `ldap://host:port`, `ldaps://host:port` or `ldapi://%2Fpath`; undefined
 * for anything else, also for a URL with a DN or a query. Pure.
 */
export const parseLdapUrl = (url: string): LdapAddress | undefined => {
  const socket = /^ldapi:\/\/(.*)$/i.exec(url)
  if (socket !== null) {
    const path = decodePath(socket[1] ?? '')
    return path === undefined ? undefined : { kind: 'socket', path }
  }
  const match = /^(ldaps?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)?(?::([0-9]{1,5}))?\/?$/i.exec(url)
  if (match === null) return undefined
  const [, scheme = '', host = 'localhost', port] = match
  const tls = scheme.toLowerCase() === 'ldaps'
  const number = port === undefined ? (tls ? 636 : 389) : Number(port)
  if (number < 1 || number > 65_535) return undefined
  return { kind: 'tcp', host: host.replace(/^\[|\]$/g, ''), port: number, tls }
}

const decodePath = (text: string): string | undefined => {
  const trimmed = text.length > 1 ? text.replace(/\/$/, '') : text
  if (trimmed === '' || trimmed === '/') return DEFAULT_SOCKET
  try {
    const path = decodeURIComponent(trimmed)
    return path.startsWith('/') && !path.includes('\0') ? path : undefined
  } catch {
    return undefined
  }
}

/** Where Debian's slapd listens. */
const DEFAULT_SOCKET = '/var/run/slapd/ldapi'
