import { type DirectoryState, directoryKind, toDirectoryState } from '../live/ldif-kind.ts'
import { zoneKind } from '../live/zone-file-kind.ts'
import { parseDn } from '../source/ldap/dn.ts'
import { parseLdif } from '../source/ldap/ldif.ts'
import { parseZoneFile } from '../source/zone/parse.ts'
import type { ReadZone } from '../source/zone/read.ts'
import { buildZone } from '../source/zone/zone.ts'
import type { ZonefileOptions } from '../source/zone/zonefile-source.ts'
import { type TextLiveSource, textLiveSource } from './text-live-source.ts'

/** A zone that is followed, as the text of a master file. */
export const textZone = (
  options: Omit<ZonefileOptions, 'path'>,
  text: string | undefined,
): TextLiveSource<ReadZone> => {
  const path = `${options.zone}.zone`
  const parse = (next: string) => {
    const { records, diagnostics } = parseZoneFile(next, { path, origin: options.zone })
    const built = buildZone(options.zone, path, records)
    return { value: built, diagnostics: [...diagnostics, ...built.diagnostics] }
  }
  return textLiveSource(zoneKind({ ...options, path }), parse, text)
}

/** A directory that is followed, as an LDIF. */
export const textDirectory = (baseText: string, text: string | undefined): TextLiveSource<DirectoryState> => {
  const path = 'site.ldif'
  const base = parseDn(baseText)
  if (!base.ok) throw new Error(`"${baseText}" is no DN`)
  const parse = (next: string) => {
    const { value, diagnostics } = parseLdif(Buffer.from(next), path)
    return { value: value && toDirectoryState({ entries: value, base: base.dn }), diagnostics }
  }
  return textLiveSource(directoryKind({ base: baseText, path }), parse, text)
}
