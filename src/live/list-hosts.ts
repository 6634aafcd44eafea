import { hasErrors } from '../diagnostic/diagnostic.ts'
import type { HostName } from '../model/catalog.ts'
import { breather } from '../source/breather.ts'
import { readRecords } from '../source/gather.ts'
import { nameOf } from '../source/order.ts'
import type { FreshList, HostReading, ListTable } from './list-table.ts'
import type { NotedReading } from './noted-reading.ts'
import { isKnownHost, resolveRecords, type SiteInMemory, withoutUnknownWarnings } from './resolve-one.ts'
import { placeSharing } from './shared-places.ts'

/** Reads some hosts, one after the other, resolves these and those that were read before, and hands each over. */
export const listHosts = async (
  site: SiteInMemory,
  { unread, read }: { readonly unread: readonly HostName[]; readonly read: readonly HostReading[] },
  reading: NotedReading,
  table: Pick<ListTable, 'readingOf' | 'put'>,
  signal: AbortSignal,
): Promise<void> => {
  const breathe = breather()
  const share = placeSharing()
  const quiet = withoutUnknownWarnings(site)
  for (const host of unread) {
    const { value, keys } = await reading(() => readRecords(site.sources, host, signal))
    const before = table.readingOf(nameOf(host))?.records ?? []
    // Nobody is shown warnings with a list, and `explain` finds them anew.
    const diagnostics = value.diagnostics.filter(({ severity }) => severity === 'error')
    table.put(resolve(quiet, { host, records: share(value.value ?? [], before), diagnostics, keys }))
    await breathe()
  }
  for (const before of read) {
    table.put(resolve(quiet, before))
    await breathe()
  }
}

const resolve = (site: SiteInMemory, reading: HostReading): FreshList => {
  if (!isKnownHost(reading.records) && !hasErrors(reading.diagnostics))
    return { reading, resolved: undefined }
  const { value, diagnostics } = resolveRecords(site, reading)
  return { reading, resolved: { value: value?.classes, diagnostics } }
}
