import type { SourceConfig } from '../config/schema.ts'
import { SourceError, toDiagnostic } from '../diagnostic/source-error.ts'
import type { LiveSite } from '../live/live-site.ts'
import { ldifSource } from '../source/ldap/ldif-source.ts'
import type { Source } from '../source/source.ts'
import { zonefileSource } from '../source/zone/zonefile-source.ts'
import { EXIT } from './deps.ts'
import { compareSites, diffObject } from './diff.ts'
import type { ServingConfig } from './serve-wiring.ts'
import { readSources, type SiteAnswer } from './whole-site.ts'

/** Says what would change were a text in the place of a source, as `diff --format json` does; undefined where none is so named. */
export type WhatIf = (source: string, text: string, signal: AbortSignal) => Promise<object | undefined>

/** What diagnostics call the text, with its line. */
const PATH = 'body'

/**
 * Compares the sources in memory with themselves, but for one zone or directory that is read from a text. Nothing changes in memory
 * meanwhile: what is new waits.
 */
export const whatIfOf =
  (config: ServingConfig, site: Pick<LiveSite, 'site' | 'read'>): WhatIf =>
  async (name, text, signal) => {
    const index = site.site().sources.findIndex(source => source.name === name)
    const replaced = config.sources[index] && sourceOf(config.sources[index], text)
    if (replaced === undefined) return undefined
    return site.read(async ({ sources }) => {
      const none = new Set<string>()
      const before = await readSources(config, sources, none, signal)
      const changed = sources.with(index, replaced)
      const after = await readSources(config, changed, none, signal).catch(unread(changed))
      return diffObject(before, after, await compareSites(before, after, signal))
    })
  }

/** A text that is no such source at all, as a directory without the base; the others were read just before. */
const unread =
  (sources: readonly Source[]) =>
  (error: unknown): SiteAnswer => {
    if (!(error instanceof SourceError)) throw error
    const states = sources.map(source => source.describe())
    return { site: undefined, states, diagnostics: [toDiagnostic(error)], exitCode: EXIT.findings }
  }

/** What the source would say; undefined for a directory of dependencies, which is no one file. */
const sourceOf = (source: SourceConfig, sent: string): Source | undefined => {
  switch (source.kind) {
    case 'dns':
    case 'zonefile':
      return zonefileSource({ zone: source.zone, path: PATH, sent, styles: source.style })
    case 'ldap':
    case 'ldif':
      return ldifSource({ base: source.base, path: PATH, sent, dialect: source.dialect })
    case 'deps':
      return undefined
  }
}
