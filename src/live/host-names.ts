import type { HostName } from '../model/catalog.ts'
import { nameOf } from '../source/order.ts'

/** Hosts that came and went; a host whose name alone changed is one of each. */
export type HostChanges = { readonly come: readonly HostName[]; readonly gone: readonly HostName[] }

/** A name, and whether a source lists it. */
export type Listing = { readonly host: HostName; readonly isListed: boolean }

/** The names that each source lists, and the hosts that they are together, as `mergeHosts` puts them together. */
export type HostNames = {
  /** What follows from what a source, by its number, lists now. */
  readonly change: (source: number, listings: readonly Listing[]) => HostChanges
  /** The same where these are all names that it lists. */
  readonly replace: (source: number, hosts: readonly HostName[]) => HostChanges
  readonly isListed: (source: number, host: HostName) => boolean
}

/** Of so many sources, none of which lists a name yet. */
export const hostNames = (sourceCount: number): HostNames => {
  const listed = Array.from({ length: sourceCount }, () => new Map<string, HostName>())
  /** Full names by short name: those that a name without a domain joins. */
  const fullNames = new Map<string, readonly HostName[]>()

  const isAnywhere = (key: string): boolean => listed.some(names => names.has(key))
  const hostsOf = (short: string): readonly HostName[] => {
    const full = fullNames.get(short)
    if (full !== undefined) return full
    const bare = { short, fqdn: undefined }
    return isAnywhere(keyOf(bare)) ? [bare] : []
  }
  const set = (source: number, { host, isListed }: Listing): void => {
    const key = keyOf(host)
    if (isListed) listed[source]?.set(key, host)
    else listed[source]?.delete(key)
    if (host.fqdn === undefined) return
    const others = (fullNames.get(host.short) ?? []).filter(({ fqdn }) => fqdn !== host.fqdn)
    const names = isAnywhere(key) ? others.concat(host) : others
    if (names.length > 0) fullNames.set(host.short, names)
    else fullNames.delete(host.short)
  }
  const change = (source: number, listings: readonly Listing[]): HostChanges => {
    const shorts = [...new Set(listings.map(({ host }) => host.short))]
    const all = (): ReadonlyMap<string, HostName> =>
      new Map(shorts.flatMap(hostsOf).map(host => [keyOf(host), host]))
    const before = all()
    for (const listing of listings) set(source, listing)
    const after = all()
    return { come: missingIn(before, after), gone: missingIn(after, before) }
  }
  return {
    change,
    replace: (source, hosts) => {
      const names = new Set(hosts.map(keyOf))
      const dropped = [...(listed[source]?.values() ?? [])].filter(host => !names.has(keyOf(host)))
      return change(source, [
        ...dropped.map(host => ({ host, isListed: false })),
        ...hosts.map(host => ({ host, isListed: true })),
      ])
    },
    isListed: (source, host) => listed[source]?.has(keyOf(host)) ?? false,
  }
}

/** What several changes, one after the other, are together. Pure. */
export const netChanges = (changes: readonly HostChanges[]): HostChanges => {
  const come = new Map<string, HostName>()
  const gone = new Map<string, HostName>()
  for (const change of changes) {
    for (const host of change.gone) if (!come.delete(nameOf(host))) gone.set(nameOf(host), host)
    for (const host of change.come) come.set(nameOf(host), host)
  }
  return { come: [...come.values()], gone: [...gone.values()] }
}

/** A name without a domain ends in the dot that no full one has. */
const keyOf = ({ short, fqdn }: HostName): string => fqdn ?? `${short}.`

const missingIn = (
  some: ReadonlyMap<string, HostName>,
  all: ReadonlyMap<string, HostName>,
): readonly HostName[] => [...all].filter(([key]) => !some.has(key)).map(([, host]) => host)
