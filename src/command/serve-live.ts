import { join } from 'node:path'
import { POLL_SECONDS } from '../config/live-schema.ts'
import { SNAPSHOT_MAX_AGE } from '../config/schema.ts'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { restoreState, stateKeeper, stateStore } from '../live/kept-states.ts'
import { type LiveSite, openLiveSite } from '../live/live-site.ts'
import { parseAge } from '../model/age.ts'
import type { SourceStanding } from '../model/class-lists.ts'
import { printable, type Report } from '../server/transaction.ts'
import { changesLine, faultLines } from './live-lines.ts'
import { type LiveSources, openLiveSources } from './open-live-sources.ts'
import type { OpenSources } from './open-sources.ts'
import type { ServePart } from './serve-faults.ts'
import type { ServingConfig } from './serve-wiring.ts'

/** Class lists that follow their sources, for whoever answers from them. */
export type Live = Pick<LiveSources, 'notify' | 'lookAgain'> & {
  readonly site: LiveSite
  /** The sources in memory, as a lookup reads them; undefined until all of them were read once. */
  readonly sources: () => OpenSources | undefined
  readonly close: () => Promise<void>
}

/** What lists are followed with. */
export type LiveOptions = {
  readonly stateDirectory: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly report: Report
  readonly warn: (diagnostic: Diagnostic) => void
  /** Takes a line for whoever started the program. */
  readonly say: (line: string) => void
}

/** Whether somebody who is served answers from lists, or, where nobody could, they are to be followed anyway. Pure. */
export const wantsLive = (
  { watch, dns, api, history }: ServingConfig['serve'],
  parts: ReadonlySet<ServePart>,
): boolean =>
  dns !== undefined || api !== undefined
    ? parts.has('dns') || parts.has('api')
    : watch !== undefined || history !== undefined

/** Begins to follow the sources of a configuration. Rejects with a `SourceError` where a secret cannot be read. */
export const openLive = async (
  config: ServingConfig,
  { stateDirectory, now, report, warn, say }: LiveOptions,
): Promise<Live> => {
  const { resolution, serve } = config
  const pollSeconds = serve.watch?.pollSeconds ?? POLL_SECONDS
  const maxAgeMs = parseAge(config.snapshot?.maxAge ?? SNAPSHOT_MAX_AGE) ?? 0
  const directory = join(stateDirectory, 'followed')
  const stores = config.sources.map(source => stateStore(directory, source))
  const restored = async (index: number): Promise<unknown> => {
    const { store } = stores[index] ?? {}
    return store && restoreState({ store, maxAgeMs, now }, warn)
  }
  const opened = await openLiveSources(config, { now, pollSeconds, restored })
  const keeper = stateKeeper({ sources: opened.sources, stores, maxAgeMs, now, report: warn })
  const site = openLiveSite({
    ...{ sources: opened.sources, resolution, now },
    configSpaceClasses: new Set(),
    report: warn,
    stood: tellPhases(report),
    faulted: changes => faultLines(changes).forEach(report),
    applied: keeper.changed,
  })
  site.onChanges(changes => report(changesLine(changes)))
  void site.whole.then(() => say(`lists of ${site.hostCount()} hosts are current`))
  const inMemory: OpenSources = {
    sources: opened.sources.map(({ source }) => source),
    snapshots: { answer: attempt => site.read(attempt), keep: async () => [] },
  }
  return {
    ...{ site, notify: opened.notify, lookAgain: opened.lookAgain },
    close: async () => {
      await site.close()
      await keeper.close()
    },
    sources: () => (site.isWhole() ? inMemory : undefined),
  }
}

/** A line where a source falls behind, for what reason, and where it is in step again: not for each serial. */
const tellPhases = (report: Report): ((standing: SourceStanding) => void) => {
  const told = new Map<string, string>()
  return standing => {
    const { name, phase, fault } = standing
    const state = `${phase} ${fault?.message ?? ''}`
    if (told.get(name) === state) return
    told.set(name, state)
    report(standingLine(standing))
  }
}

const standingLine = ({ name, phase, serial, fault }: SourceStanding): Parameters<Report>[0] => ({
  protocol: 'source',
  client: name,
  request: 'FOLLOW',
  outcome: phase,
  text: [serial === undefined ? '' : `serial ${serial}`, fault === undefined ? '' : printable(fault.message)]
    .filter(part => part !== '')
    .join(', '),
})
