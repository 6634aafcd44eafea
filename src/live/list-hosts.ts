import { hasErrors } from '../diagnostic/diagnostic.ts'
import type { HostName } from '../model/catalog.ts'
import { readRecords } from '../source/gather.ts'
import type { FreshList, HostReading } from './list-table.ts'
import { breather, type NotedReading } from './noted-reading.ts'
import { isKnownHost, resolveRecords, type SiteInMemory, withoutUnknownWarnings } from './resolve-one.ts'
import { placeSharing } from './shared-places.ts'

/** Reads some hosts, one after the other, and resolves these and those that were read before. */
export const listHosts = async (
  site: SiteInMemory,
  unread: readonly HostName[],
  read: readonly HostReading[],
  reading: NotedReading,
  signal: AbortSignal,
): Promise<readonly FreshList[]> => {
  const breathe = breather()
  const share = placeSharing()
  const quiet = withoutUnknownWarnings(site)
  const fresh: FreshList[] = []
  for (const host of unread) {
    const { value, keys } = await reading(() => readRecords(site.sources, host, signal))
    // Nobody is shown warnings with a list, and `explain` finds them anew.
    const diagnostics = value.diagnostics.filter(({ severity }) => severity === 'error')
    fresh.push(resolve(quiet, { host, records: share(value.value ?? []), diagnostics, keys }))
    await breathe()
  }
  for (const before of read) {
    fresh.push(resolve(quiet, before))
    await breathe()
  }
  return fresh
}

const resolve = (site: SiteInMemory, reading: HostReading): FreshList => {
  if (!isKnownHost(reading.records) && !hasErrors(reading.diagnostics))
    return { reading, resolved: undefined }
  const { value, diagnostics } = resolveRecords(site, reading)
  return { reading, resolved: { value: value?.classes, diagnostics } }
}
