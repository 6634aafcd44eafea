import type { TsigKey } from '../model/tsig-key.ts'
import { dnsSource } from '../source/dns/dns-source.ts'

/**
 * What our own source of style `list` reads from a server that has the published zone, transferred whole: the classes of each
 * host by its name there, without `DEFAULT`, `LAST` and the host class. Rejects where anything is wrong with it.
 */
export const readBack = async (
  zone: string,
  port: number,
  tsig?: TsigKey,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const { signal } = new AbortController()
  const source = dnsSource({ zone, servers: [`127.0.0.1:${port}`], style: ['list'], ...(tsig && { tsig }) })
  const { value, diagnostics } = await source.readWhole(signal)
  const lists = new Map<string, readonly string[]>()
  const faults = [...diagnostics]
  for (const host of value?.hosts ?? []) {
    const found = await value?.source.readHost(host, signal)
    faults.push(...(found?.diagnostics ?? []))
    const places = found?.value?.places ?? []
    const tokens = places.flatMap(({ memberships }) => memberships.flatMap(membership => membership.tokens))
    lists.set(
      host.fqdn ?? host.short,
      tokens.map(({ name }) => name),
    )
  }
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('\n'))
  return lists
}
