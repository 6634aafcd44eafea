import { type Diagnostic, errorAt, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import { DNS_PORT, parseServerAddress } from '../model/server-address.ts'
import type { ConfigFile, SourceConfig } from './schema.ts'

/**
 * `unauthenticated-source` (contract, section 5): whoever can answer for such a
 * source is root on the machines. An error, or a warning where the source says
 * `insecure: true`. Pure.
 *
 *     where            authenticated by                   result
 *     loopback         anything                           trusted
 *     beyond loopback  dns: tsig; ldap: TLS               trusted
 *     beyond loopback  nothing, or `dnssec: ad` alone     error, warning with `insecure`
 */
export const findUntrusted = (
  { sources }: Pick<ConfigFile, 'sources'>,
  originOf: (path: readonly PropertyKey[]) => Origin,
): readonly Diagnostic[] =>
  sources.flatMap((source, index) => {
    const fault = faultOf(source)
    if (fault === undefined) return []
    const isInsecure = (source.kind === 'dns' || source.kind === 'ldap') && source.insecure
    const origin = originOf(['sources', index, 'kind'])
    return [
      isInsecure
        ? warningAt('unauthenticated-source', fault, origin)
        : errorAt('unauthenticated-source', fault, origin),
    ]
  })

const faultOf = (source: SourceConfig): string | undefined => {
  if (source.kind === 'dns') {
    const far = source.servers.find(server => !isLoopback(server))
    if (far === undefined || source.tsig !== undefined) return undefined
    return `dns server ${far} is beyond loopback and its answers are not signed (tsig)`
  }
  if (source.kind === 'ldap') {
    const { protocol, host } = new URL(source.url)
    if (protocol === 'ldapi:' || protocol === 'ldaps:' || source.startTls || isLoopback(host))
      return undefined
    return `ldap server ${host} is beyond loopback and TLS is off (startTls, or ldaps://)`
  }
  return undefined
}

/** Whether a server, as `parseServerAddress` reads it, is this machine. */
const isLoopback = (server: string): boolean => {
  const host = parseServerAddress(server, DNS_PORT)?.host ?? ''
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
