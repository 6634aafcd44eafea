import type { ClassDefinition, HostName } from '../model/catalog.ts'

/** Hosts by the bytes of their names, each name once. Pure. */
export const orderHosts = (hosts: readonly HostName[]): readonly HostName[] => {
  const byName = new Map(hosts.map(host => [nameOf(host), host]))
  return [...byName.values()].sort((a, b) => compareText(nameOf(a), nameOf(b)))
}

/** Definitions by the bytes of their names; several of one name keep their order. Pure. */
export const orderDefinitions = (definitions: readonly ClassDefinition[]): readonly ClassDefinition[] =>
  [...definitions].sort((a, b) => compareText(a.name, b.name))

const nameOf = ({ fqdn, short }: HostName): string => fqdn ?? short

/** Names of hosts and classes are ASCII, so that units are bytes. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
