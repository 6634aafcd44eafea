import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceConfig } from '../config/schema.ts'
import type { LiveSite } from '../live/live-site.ts'
import { ldifSource } from '../source/ldap/ldif-source.ts'
import type { Source } from '../source/source.ts'
import { zonefileSource } from '../source/zone/zonefile-source.ts'
import { compareSites, diffObject } from './diff.ts'
import type { ServingConfig } from './serve-wiring.ts'
import { readSources } from './whole-site.ts'

/** Says what would change were a text in the place of a source, as `diff --format json` does; undefined where none is so named. */
export type WhatIf = (source: string, text: string, signal: AbortSignal) => Promise<object | undefined>

/**
 * Compares the sources in memory with themselves, but for one zone or directory that is read from a text. The text is a file of
 * `directory` for as long as that takes. Nothing changes in memory meanwhile: what is new waits.
 */
export const whatIfOf =
  (config: ServingConfig, site: LiveSite, directory: string): WhatIf =>
  async (name, text, signal) => {
    const path = join(directory, `what-if-${randomUUID()}`)
    const index = site.site().sources.findIndex(source => source.name === name)
    const replaced = config.sources[index] && sourceOf(config.sources[index], path)
    if (replaced === undefined) return undefined
    await writeFile(path, text, { mode: 0o600 })
    try {
      return await site.read(async ({ sources }) => {
        const none = new Set<string>()
        const before = await readSources(config, sources, none, signal)
        const after = await readSources(config, sources.with(index, replaced), none, signal)
        return diffObject(before, after, await compareSites(before, after, signal))
      })
    } finally {
      await rm(path, { force: true })
    }
  }

/** A file that says what the source would say; undefined for a directory of dependencies, which is no one file. */
const sourceOf = (source: SourceConfig, path: string): Source | undefined => {
  switch (source.kind) {
    case 'dns':
    case 'zonefile':
      return zonefileSource({ zone: source.zone, path, styles: source.style })
    case 'ldap':
    case 'ldif':
      return ldifSource({ base: source.base, path, dialect: source.dialect })
    case 'deps':
      return undefined
  }
}
