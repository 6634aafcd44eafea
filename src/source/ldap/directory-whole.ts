import { type Diagnostic, warningAt } from '../../diagnostic/diagnostic.ts'
import type { HostName } from '../../model/catalog.ts'
import { parseClassName } from '../../model/class-name.ts'
import { orderDefinitions, orderHosts } from '../order.ts'
import type { Pointers, WholeSource } from '../source.ts'
import type { Dialect } from './dialect.ts'
import { type Directory, ofClass } from './directory.ts'
import { HOST_ATTRIBUTES, hostFilter, isHostEntry, macsOf } from './directory-host.ts'
import { nameOf } from './directory-names.ts'
import type { Read } from './directory-place.ts'
import { compareDns, type Dn } from './dn.ts'
import { type Entry, originOf } from './entry.ts'

/**
 * Every host entry by the name that a MAC or IP of it would give, and every definition.
 * An entry that asks for classes and has no host name is the warning `name-invalid`.
 */
export const wholeDirectory = async (
  directory: Directory,
  base: Dn,
  dialect: Dialect,
  signal: AbortSignal,
): Promise<Read<Omit<WholeSource, 'source'>>> => {
  const diagnostics: Diagnostic[] = []
  const entries = await directory.find(ofClass(dialect.hosts.classes), HOST_ATTRIBUTES, signal)
  const hostEntries = entries
    .filter(entry => isHostEntry(entry, dialect.hosts))
    .sort((a, b) => compareDns(a.dn, b.dn))
  const hosts = hostEntries.flatMap(entry => {
    const name = nameOf(entry)
    if (name === undefined && entry.attributes.has('faimembership')) {
      const message = 'no cn and no associatedDomain is a host name, so that nothing can ask for it'
      diagnostics.push(warningAt('name-invalid', message, entry.origin))
    }
    return name ?? []
  })
  const definitions = await dialect.readAllClasses(directory, signal)
  for (const { name, origin } of definitions) {
    if (parseClassName(name) !== undefined) continue
    const message = `"${name}" is not a class name, so that nothing can ask for it`
    diagnostics.push(warningAt('name-invalid', message, origin))
  }
  const known = dialect.mayLeaveUnknown ? await knownOf(directory, base, dialect, hosts, signal) : hosts
  return {
    value: {
      hosts: orderHosts(known),
      definitions: orderDefinitions(definitions),
      findUnread: (isRead, signal) => dialect.findUnread(directory, base, isRead, signal),
      findPointers: async () => pointersOf(hostEntries),
    },
    diagnostics,
  }
}

/** Whether `wholeDirectory` lists the host. */
export const directoryLists = async (
  directory: Directory,
  base: Dn,
  dialect: Dialect,
  host: HostName,
  signal: AbortSignal,
): Promise<boolean> => {
  const entries = await directory.find(hostFilter(host, dialect.hosts), HOST_ATTRIBUTES, signal)
  const isNamed = entries.some(entry => {
    const name = isHostEntry(entry, dialect.hosts) ? nameOf(entry) : undefined
    return name?.short === host.short && name.fqdn === host.fqdn
  })
  if (!isNamed || !dialect.mayLeaveUnknown) return isNamed
  const { value } = await dialect.readHost(directory, base, host, signal)
  return value?.known ?? true
}

const pointersOf = (hosts: readonly Entry[]): Pointers => ({
  pointers: hosts.flatMap(entry =>
    macsOf(entry).map(mac => ({
      query: { kind: 'mac', mac } as const,
      origin: originOf(entry, 'macAddress'),
    })),
  ),
  diagnostics: [],
})

/** Without those that the dialect does not know for all their entry; with those that are faulty. */
const knownOf = async (
  directory: Directory,
  base: Dn,
  dialect: Dialect,
  hosts: readonly HostName[],
  signal: AbortSignal,
): Promise<readonly HostName[]> => {
  const answers = await Promise.all(hosts.map(host => dialect.readHost(directory, base, host, signal)))
  return hosts.filter((_, index) => answers[index]?.value?.known ?? true)
}
