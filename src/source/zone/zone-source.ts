import { hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts'
import { askClasses } from '../dns/class.ts'
import { findDnsHosts, type HostIndex } from '../dns/find.ts'
import { readZoneHost, type ZoneView } from '../dns/host.ts'
import type { Source, SourceState } from '../source.ts'
import { definesClasses, hostNamesOf, ownersOfAddress } from './lookup.ts'
import { pointersOf } from './pointers.ts'
import type { ReadZone } from './read.ts'
import { unreadInZone } from './unread.ts'
import { wholeZone } from './whole.ts'
import { recordOrigin } from './zone.ts'

/** A zone all of whose records are at hand, from a master file or a transfer. */
export type ZoneInMemory = {
  readonly name: string
  /** `own` of it must answer from the zone that `load` gives. */
  readonly view: ZoneView
  /** Gives the same zone each time. */
  readonly load: (signal: AbortSignal) => Promise<ReadZone>
  readonly describe: () => SourceState
}

/** Memberships and definitions of such a zone. One with an error in it answers nothing but its errors. */
export const zoneSource = ({ name, view, load, describe }: ZoneInMemory): Source => {
  const withZone = async <T>(
    signal: AbortSignal,
    ask: (loaded: ReadZone) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    const loaded = await load(signal)
    return hasErrors(loaded.diagnostics) ? { value: undefined, diagnostics: loaded.diagnostics } : ask(loaded)
  }
  const source: Source = {
    name,
    describe,
    findHosts: (query, signal) =>
      withZone(signal, loaded => findDnsHosts(view, indexOf(loaded), query, signal)),
    readHost: (host, signal) =>
      withZone(signal, loaded => readZoneHost(view, host, signal, loaded.diagnostics)),
    readClasses: async (names, signal) => {
      const { diagnostics } = await load(signal)
      return hasErrors(diagnostics) ? [] : askClasses(view, names, signal)
    },
    hasDefinitions: async signal => definesClasses((await load(signal)).zone),
    readWhole: signal =>
      withZone(signal, async loaded => {
        const { hosts, definitions, diagnostics } = await wholeZone(view, loaded.zone, signal)
        return {
          value: {
            source,
            hosts,
            definitions,
            findUnread: (isRead, signal) => unreadInZone(view, loaded.zone, isRead, signal),
            findPointers: async () => pointersOf(loaded.zone),
          },
          diagnostics: [...loaded.diagnostics, ...diagnostics],
        }
      }),
    close: async () => undefined,
  }
  return source
}

/** How such a zone finds hosts: it can be listed, and addresses are looked up backwards in it. */
const indexOf = ({ zone }: ReadZone): HostIndex => ({
  hostNames: () => hostNamesOf(zone),
  namesOfAddress: async ip => ({
    owner: ip,
    isAlias: false,
    diagnostics: [],
    records: ownersOfAddress(zone, ip).flatMap(owner => {
      const [record] = [...(zone.nodes.get(owner)?.values() ?? [])].flat()
      const origin = record && recordOrigin(zone.apex, owner, record)
      return origin === undefined ? [] : [{ rdata: { kind: 'name', name: owner } as const, origin }]
    }),
  }),
})
