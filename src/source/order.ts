import type { ClassDefinition, HostName } from '../model/catalog.ts'
import { foldClassName } from '../model/class-name.ts'

/** Hosts by the bytes of their names, each name once. Pure. */
export const orderHosts = (hosts: readonly HostName[]): readonly HostName[] => {
  const byName = new Map(hosts.map(host => [nameOf(host), host]))
  return [...byName.values()].sort((a, b) => compareText(nameOf(a), nameOf(b)))
}

/** Definitions by the bytes of their folded names; several of one class keep their order, which is one of meaning. Pure. */
export const orderDefinitions = (definitions: readonly ClassDefinition[]): readonly ClassDefinition[] =>
  [...definitions].sort((a, b) => compareText(foldClassName(a.name), foldClassName(b.name)))

/**
 * Hosts of several sources, each full name once; a short name without a domain joins the
 * full ones that begin with it. What was asked for stays with a host that any of them names. Pure.
 */
export const mergeHosts = (found: readonly HostName[]): readonly HostName[] => {
  const full = new Map<string, HostName>()
  for (const host of found)
    if (host.fqdn !== undefined) full.set(host.fqdn, { ...host, ...full.get(host.fqdn) })
  const shortNames = new Set([...full.values()].map(({ short }) => short))
  const bare = new Map<string, HostName>()
  for (const host of found)
    if (host.fqdn === undefined && !shortNames.has(host.short)) bare.set(host.short, host)
  return [...full.values(), ...bare.values()]
}

/** What a host is called in output: its full name, else the short one. */
export const nameOf = ({ fqdn, short }: HostName): string => fqdn ?? short

/** Names of hosts and classes are ASCII, so that units are bytes. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
