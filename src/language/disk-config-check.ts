import { type Diagnostic, errorAt } from '../diagnostic/diagnostic.ts'
import type { DiskConfig, DiskStanza, Volume } from './disk-config.ts'

/** What one file must keep to as a whole (setup-storage.md, section 4); adds `disk-config-invalid` for each fault. */
export const checkDiskConfig = (config: DiskConfig, path: string, diagnostics: Diagnostic[]): void => {
  if (config.disks.length === 0 && config.tmpfs.length === 0 && diagnostics.length === 0) {
    diagnostics.push(errorAt('disk-config-invalid', 'no disk is configured', { kind: 'file', path }))
  }
  const faulty = diagnostics.length > 0
  for (const stanza of config.disks) {
    // A line with a fault is not in the list, so that an empty stanza would be a second complaint about it.
    if (stanza.volumes.length === 0 && !faulty) report(diagnostics, stanza, 'the stanza has no partition')
    checkNumbers(stanza, faulty, diagnostics)
    for (const volume of stanza.volumes) checkVolume(volume, diagnostics)
  }
  checkMountPoints(config, diagnostics)
}

type Place = Pick<Volume, 'origin'>

const report = (
  diagnostics: Diagnostic[],
  { origin }: Place,
  message: string,
  related: readonly Place[] = [],
): void => {
  const places = related.map(place => place.origin)
  diagnostics.push(errorAt('disk-config-invalid', message, origin, places))
}

const checkNumbers = (stanza: DiskStanza, faulty: boolean, diagnostics: Diagnostic[]): void => {
  const logical = stanza.volumes.filter(({ kind }) => kind === 'logical')
  const primary = stanza.volumes.filter(({ kind }) => kind === 'primary')
  if (stanza.partitionTable !== 'msdos') {
    for (const volume of logical) report(diagnostics, volume, 'a GPT has no logical partitions')
  } else if (primary.length > 4) {
    report(diagnostics, stanza, `at most 4 primary partitions were wanted, found ${primary.length}`)
  } else if (primary.length === 4 && logical.length > 0) {
    report(diagnostics, stanza, 'with 4 primary partitions there is no room for an extended one')
  }
  const { bootable } = stanza
  if (bootable === undefined || faulty) return
  if (!partitionNumbers(stanza).includes(bootable)) {
    report(diagnostics, stanza, `partition ${bootable} of "bootable" is not defined`)
  }
}

/**
 * Numbers of the partitions in the order of their lines. In an msdos table the logical ones count from 5, and the
 * extended one takes the number that is next when the first of them comes. Pure.
 */
export const partitionNumbers = ({ volumes, partitionTable }: DiskStanza): readonly number[] => {
  let primary = 1
  let logical = 5
  return volumes.map(({ kind }) => {
    if (kind === 'primary') return primary++
    if (logical === 5 && partitionTable === 'msdos') primary++
    return logical++
  })
}

const checkVolume = (volume: Volume, diagnostics: Diagnostic[]): void => {
  const { mountPoint, filesystem, tuneOptions } = volume
  if (tuneOptions !== '' && !filesystem.startsWith('ext')) {
    report(diagnostics, volume, `tuneopts do not apply to "${filesystem}"`)
  }
  if ((mountPoint === 'swap') !== (filesystem === 'swap') && mountPoint !== '-') {
    report(diagnostics, volume, `file system "${filesystem}" did not fit the mount point "${mountPoint}"`)
  } else if (filesystem === '-' && mountPoint !== '-') {
    report(diagnostics, volume, `a file system was wanted for the mount point "${mountPoint}"`)
  }
}

const checkMountPoints = ({ disks, tmpfs }: DiskConfig, diagnostics: Diagnostic[]): void => {
  const first = new Map<string, Place>()
  for (const volume of [...disks.flatMap(({ volumes }) => volumes), ...tmpfs]) {
    const { mountPoint } = volume
    if (mountPoint === '-' || mountPoint === 'swap') continue
    const other = first.get(mountPoint)
    if (other === undefined) first.set(mountPoint, volume)
    else report(diagnostics, volume, `mount point "${mountPoint}" is used twice`, [other])
  }
}
