import type { Config } from '../config/read-config.ts'
import type { ServeConfig } from '../config/serve-schema.ts'
import { type Diagnostic, errorAt } from '../diagnostic/diagnostic.ts'
import { foldWrittenName, isAtOrBelow } from '../model/dns-name.ts'

/**
 * What stands against publishing the zone of `serve.dns`, with the place of the key. Pure.
 *
 *     zone is the zone of a source            error: it would be read from itself
 *     key of a secondary is none of `tsig`    error
 *     primary or name server in the zone      error: the zone has no addresses
 */
export const findDnsFaults = (
  { dns }: Pick<ServeConfig, 'dns'>,
  { sources, originOf }: Pick<Config, 'sources' | 'originOf'>,
): readonly Diagnostic[] => {
  if (dns === undefined) return []
  const fault = (key: readonly PropertyKey[], message: string): Diagnostic =>
    errorAt('config-invalid', `serve.dns.${key.join('.')}: ${message}`, originOf(['serve', 'dns', ...key]))
  const zone = foldWrittenName(dns.zone)
  const isRead = sources.some(source => 'zone' in source && foldWrittenName(source.zone) === zone)
  const names = [
    { key: ['primary'], name: dns.primary },
    ...(dns.nameServers ?? []).map((name, index) => ({ key: ['nameServers', index], name })),
  ]
  const keys = new Set(dns.tsig.map(({ name }) => foldWrittenName(name)))
  return [
    ...(isRead ? [fault(['zone'], `a source reads the zone ${zone}: publish another one`)] : []),
    ...names
      .filter(({ name }) => isAtOrBelow(foldWrittenName(name), zone))
      .map(({ key, name }) => fault(key, `${name} stands in the zone ${zone}, which has no addresses`)),
    ...dns.secondaries.flatMap(({ key }, index) =>
      key === undefined || keys.has(foldWrittenName(key))
        ? []
        : [fault(['secondaries', index, 'key'], `"${key}" is no name of a key of serve.dns.tsig`)],
    ),
  ]
}
