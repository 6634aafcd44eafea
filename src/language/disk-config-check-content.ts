import { type Diagnostic, errorAt, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import type { Content, DiskConfig, Keep } from './disk-config.ts'

/** Reports lines whose columns do not fit together. */
export const checkContents = (
  { disks, arrays, encrypted, volumeGroups }: DiskConfig,
  diagnostics: Diagnostic[],
): void => {
  // What `sameas` copied is the line of another stanza, and one complaint about it is enough.
  const volumes = new Set<Origin>()
  for (const volume of [
    ...disks.flatMap(stanza => stanza.volumes),
    ...arrays,
    ...encrypted,
    ...volumeGroups.flatMap(group => group.volumes),
  ]) {
    if (!volumes.has(volume.origin)) checkContent(volume, diagnostics)
    volumes.add(volume.origin)
  }
}

const checkContent = (volume: Content & Partial<Keep>, diagnostics: Diagnostic[]): void => {
  const { mountPoint, filesystem, origin } = volume
  checkTuning(volume, diagnostics)
  const report = (message: string) => diagnostics.push(errorAt('disk-config-invalid', message, origin))
  if ((mountPoint === 'swap') !== (filesystem === 'swap') && mountPoint !== '-') {
    report(`file system "${filesystem}" did not fit the mount point "${mountPoint}"`)
  } else if (filesystem === '-' && mountPoint !== '-') {
    report(`a file system was wanted for the mount point "${mountPoint}"`)
  }
}

/**
 * What becomes of `tuneopts`:
 *
 *     ext2, ext3, ext4, reiserfs                      run
 *     none, btrfs, a journal, what is never formatted passed over by FAI: a warning
 *     any other file system                           an error
 */
const checkTuning = (volume: Content & Partial<Keep>, diagnostics: Diagnostic[]): void => {
  const { tuneOptions, filesystem, preserve, resize = false, alwaysFormat = false, origin } = volume
  if (tuneOptions === '' || /^(ext[234]|reiserfs)(:|$)/.test(filesystem)) return
  const isNeverMade = (preserve === 'always' || resize) && !alwaysFormat
  const isPassedOver = isNeverMade || /^(-|btrfs)$|_journal$/.test(filesystem)
  const message = `tuneopts do not apply to "${filesystem}"`
  diagnostics.push(
    isPassedOver
      ? warningAt('disk-config-invalid', `${message} and are left aside`, origin)
      : errorAt('disk-config-invalid', message, origin),
  )
}
