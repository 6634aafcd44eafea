import { type Diagnostic, errorAt, hasErrors, type Origin, type Outcome } from '../diagnostic/diagnostic.ts'
import type { DiskConfig, DiskStanza, Tmpfs, Volume } from './disk-config.ts'
import { checkDiskConfig } from './disk-config-check.ts'
import { type Cursor, reportSyntax, take } from './disk-config-cursor.ts'
import { parseStanza } from './disk-config-stanza.ts'
import { parseTmpfs, parseVolume } from './disk-config-volume.ts'

/**
 * Parses a `disk_config` file (setup-storage.md, sections 2 to 4). Pure. Every fault is reported at its line and
 * column; what FAI knows and this program does not yet is `disk-config-unsupported`, never skipped.
 */
export const parseDiskConfig = (text: string, path: string): Outcome<DiskConfig> => {
  const diagnostics: Diagnostic[] = []
  if (text !== '' && !text.endsWith('\n')) {
    const line = text.split('\n').length
    const origin: Origin = { kind: 'file', path, line }
    diagnostics.push(errorAt('disk-config-syntax', 'the last line does not end in a newline', origin))
  }
  const state: State = { disks: [], tmpfs: [], stanza: { kind: 'none' } }
  for (const [index, line] of text.split('\n').entries()) {
    if (/^[ \t]*(#|$)/.test(line)) continue
    parseLine({ path, line: index + 1, text: line, at: 0, diagnostics }, state)
  }
  const config: DiskConfig = {
    disks: state.disks,
    arrays: [],
    btrfs: [],
    encrypted: [],
    volumeGroups: [],
    tmpfs: state.tmpfs,
    nfs: [],
  }
  checkDiskConfig(config, path, diagnostics)
  return { value: hasErrors(diagnostics) ? undefined : config, diagnostics }
}

type OpenDisk = DiskStanza & { readonly volumes: Volume[] }

type State = {
  readonly disks: OpenDisk[]
  readonly tmpfs: Tmpfs[]
  /** What the lines up to the next `disk_config` belong to; `skipped` has been reported as a whole. */
  stanza: { kind: 'none' | 'tmpfs' | 'skipped' } | { kind: 'disk'; disk: OpenDisk }
}

const parseLine = (cursor: Cursor, state: State): void => {
  if (/^[^#]*;/.test(cursor.text)) {
    cursor.at = cursor.text.indexOf(';')
    reportSyntax(cursor, 'a line of the present syntax, which has no ";",')
    return
  }
  if (take(cursor, /disk_config(?=[ \t]|$)/) !== undefined) {
    const stanza = parseStanza(cursor)
    if (stanza.kind !== 'disk') state.stanza = stanza
    else {
      const disk: OpenDisk = { ...stanza.disk, volumes: [] }
      state.disks.push(disk)
      state.stanza = { kind: 'disk', disk }
    }
    return
  }
  const { stanza } = state
  switch (stanza.kind) {
    case 'skipped':
      return
    case 'none':
      reportSyntax(cursor, '"disk_config"')
      return
    case 'tmpfs': {
      const tmpfs = parseTmpfs(cursor)
      if (tmpfs !== undefined) state.tmpfs.push(tmpfs)
      return
    }
    case 'disk': {
      const volume = parseVolume(cursor)
      if (volume !== undefined) stanza.disk.volumes.push(volume)
    }
  }
}
