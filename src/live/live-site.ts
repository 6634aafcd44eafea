import type {
  ClassLists,
  FaultChanges,
  ListCause,
  ListChanges,
  SourceStanding,
} from '../model/class-lists.ts'
import type { LiveSource, SourceChange } from '../source/live-source.ts'
import { type AfterChange, changeQueue, readers } from './change-queue.ts'
import { type ListTable, listTable } from './list-table.ts'
import { resolveOne, type SiteHost, type SiteInMemory } from './resolve-one.ts'
import { type ResolverOptions, type SiteResolver, siteResolver } from './site-resolver.ts'

/** What a site is followed with. */
export type LiveSiteOptions = ResolverOptions & {
  /** In configured order. */
  readonly sources: readonly LiveSource[]
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Called when a source stands otherwise than before. */
  readonly stood?: (standing: SourceStanding) => void
  /** Called after the listeners of `onChanges`, when hosts got errors or got rid of them. */
  readonly faulted?: (changes: FaultChanges) => void
  /** Called when a source, by its number, holds something else than before. */
  readonly applied?: (source: number) => void
}

/** A site whose lists follow its sources. There is no list before every source was read once: never part of a site. */
export type LiveSite = ClassLists & {
  /** The sources in memory, and what their lists are made with; to be read from within `read` only. */
  readonly site: () => SiteInMemory
  /** Runs what reads the sources; nothing changes in them meanwhile. */
  readonly read: <T>(run: (site: SiteInMemory) => Promise<T>) => Promise<T>
  /** Resolves when the first lists are there. */
  readonly whole: Promise<void>
  readonly isWhole: () => boolean
  /** Resolves a host by its `name` from what the sources say now, with all that there is to say; undefined where there is none. */
  readonly explain: (name: string) => Promise<SiteHost | undefined>
  /** Resolves when no change waits that was heard of before. */
  readonly settled: () => Promise<void>
  /** Ends what follows the sources; the lists stay as they are. */
  readonly close: () => Promise<void>
}

/** Begins to follow sources. */
export const openLiveSite = (options: LiveSiteOptions): LiveSite => {
  const { sources, now } = options
  const ending = new AbortController()
  const { signal } = ending
  const table = listTable()
  const resolver = siteResolver(sources, table, options, signal)
  const reading = readers()
  const { afterChange, ...swapping } = swapAfterChanges(options, table, resolver)
  const queue = changeQueue(reading, afterChange, signal)
  const following = sources.map((source, index) =>
    source.follow(
      {
        changed: apply => queue.push({ source: index, apply, atMs: now() }),
        stood: () => options.stood?.(source.standing()),
      },
      signal,
    ),
  )
  return {
    ...table.lists,
    ...swapping,
    standings: () => sources.map(source => source.standing()),
    site: resolver.site,
    read: run => reading.read(() => run(resolver.site())),
    explain: async name => {
      const list = table.lists.find(name)
      return list && reading.read(() => resolveOne(resolver.site(), list.host, signal))
    },
    settled: queue.settled,
    close: async () => {
      ending.abort()
      await Promise.all(following)
      await queue.settled()
    },
  }
}

type Swapping = Pick<LiveSite, 'onChanges' | 'whole' | 'isWhole'> & { readonly afterChange: AfterChange }

/** Resolves after each change what it touched, once all sources were read, and tells what that changed. */
const swapAfterChanges = (
  { sources, now, applied, faulted }: LiveSiteOptions,
  table: ListTable,
  resolver: SiteResolver,
): Swapping => {
  const listeners = new Set<(changes: ListChanges) => void>()
  const arrived = new Set<number>()
  const whole = Promise.withResolvers<void>()
  let isWhole = false
  return {
    whole: whole.promise,
    isWhole: () => isWhole,
    onChanges: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    afterChange: async (source, change, atMs) => {
      applied?.(source)
      arrived.add(source)
      if (arrived.size < sources.length) return
      const resolution = isWhole
        ? resolver.resolveTouched(source, change)
        : resolver.resolveAll([...sources.keys()])
      const { changes, faults } = table.swap(await resolution, now())
      const cause = isWhole ? causeOf(sources[source], change, atMs) : { source: 'start', origins: [], atMs }
      isWhole = true
      if (changes.length > 0) for (const listener of listeners) listener({ cause, changes })
      if (faults.length > 0) faulted?.({ cause, changes: faults })
      whole.resolve()
    },
  }
}

const causeOf = (source: LiveSource | undefined, change: SourceChange, atMs: number): ListCause => ({
  source: source?.source.name ?? '',
  origins: change.origins,
  ...(change.serial === undefined ? {} : { serial: change.serial }),
  atMs,
})
