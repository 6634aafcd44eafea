import { foldWrittenName } from '../../model/dns-name.ts'
import type { ZoneReader } from '../dns/answer.ts'
import { addView } from '../dns/dns-options.ts'
import type { ZoneView } from '../dns/host.ts'
import type { Source } from '../source.ts'
import { lookUpInZone } from './lookup.ts'
import { type ReadZone, readSentZone, readZone } from './read.ts'
import type { TxtStyle } from './txt-place.ts'
import { zoneSource } from './zone-source.ts'

/** What a source of kind `zonefile` is made of. */
export type ZonefileOptions = {
  readonly zone: string
  /** The master file, as it is opened and as diagnostics name it. */
  readonly path: string
  /** What is read in the place of a file; `path` only names it then. */
  readonly sent?: string | undefined
  /** The path as the configuration has it; `path` where it is left out. */
  readonly shownPath?: string
  /** `underscore` and `prefix` where it is left out. */
  readonly styles?: readonly TxtStyle[]
  /** Shared by all DNS sources of a configuration; this one adds itself. */
  readonly readers?: ZoneReader[]
  /** Asked for the style `bare`; the definitions of this zone where it is left out. */
  readonly knownClasses?: ZoneView['knownClasses']
}

/**
 * Memberships and definitions of an RFC 1035 master file, which is read at the first
 * question and once. A file with an error in it answers nothing but its errors.
 */
export const zonefileSource = (options: ZonefileOptions): Source => {
  const { zone, name } = zonefileName(options)
  let reading: Promise<ReadZone> | undefined
  let read: ReadZone | undefined
  const load = async (signal: AbortSignal): Promise<ReadZone> => {
    const { path, sent } = options
    reading ??=
      sent === undefined ? readZone(zone, path, signal) : Promise.resolve(readSentZone(zone, path, sent))
    read = await reading
    return read
  }
  const view = zonefileView(options, zone, async (owner, type, signal) =>
    lookUpInZone((await load(signal)).zone, owner, type),
  )
  return zoneSource({
    name,
    view,
    load,
    describe: () => ({
      name,
      state: read === undefined ? 'unread' : 'file',
      ...(read?.zone.serial === undefined ? {} : { serial: read.zone.serial }),
    }),
  })
}

/** The zone, folded, and what the source is called. */
export const zonefileName = (options: ZonefileOptions): { readonly zone: string; readonly name: string } => ({
  zone: foldWrittenName(options.zone),
  name: `zonefile ${options.shownPath ?? options.path}`,
})

/** The view of a master file's zone that `ask` answers for; adds its reader to those that all sources share. */
export const zonefileView = (
  { readers, styles: style, knownClasses }: ZonefileOptions,
  zone: string,
  ask: ZoneReader['ask'],
): ZoneView => addView({ readers, style, knownClasses }, zone, ask)
