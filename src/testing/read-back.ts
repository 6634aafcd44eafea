import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import type { TsigKey } from '../model/tsig-key.ts'
import { dnsSource } from '../source/dns/dns-source.ts'
import type { Source } from '../source/source.ts'

/** Classes by the name of the host in the published zone, without `DEFAULT`, `LAST` and the host class. */
export type ReadBack = ReadonlyMap<string, readonly string[]>

const { signal } = new AbortController()

const sourceAt = (zone: string, port: number, tsig?: TsigKey): Source =>
  dnsSource({ zone, servers: [`127.0.0.1:${port}`], style: ['list'], ...(tsig && { tsig }) })

/** What our own source of style `list` reads when it transfers the zone. Rejects where anything is wrong with it. */
export const readBack = async (zone: string, port: number, tsig?: TsigKey): Promise<ReadBack> => {
  const { value, diagnostics } = await sourceAt(zone, port, tsig).readWhole(signal)
  refuse(diagnostics)
  const names = (value?.hosts ?? []).map(({ fqdn = '' }) => fqdn)
  return value === undefined ? new Map() : readHosts(value.source, names)
}

/** The same by a question for each name. */
export const readBackEach = (zone: string, port: number, names: readonly string[]): Promise<ReadBack> =>
  readHosts(sourceAt(zone, port), names)

const readHosts = async (source: Pick<Source, 'readHost'>, names: readonly string[]): Promise<ReadBack> => {
  const lists = new Map<string, readonly string[]>()
  for (const fqdn of names) {
    const { value, diagnostics } = await source.readHost({ short: fqdn.replace(/\..*$/, ''), fqdn }, signal)
    refuse(diagnostics)
    const places = value?.places ?? []
    const tokens = places.flatMap(({ memberships }) => memberships.flatMap(membership => membership.tokens))
    lists.set(
      fqdn,
      tokens.map(({ name }) => name),
    )
  }
  return lists
}

const refuse = (diagnostics: readonly Diagnostic[]): void => {
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
}
