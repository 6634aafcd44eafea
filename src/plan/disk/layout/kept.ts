import type { DiskStanza, Keep } from '../../../language/disk-config.ts'
import type { FoundArray, FoundGroup, FoundPartition, FoundVolume } from '../../../model/storage.ts'

/** What is there and stays; every map is by the device as the configuration has it. */
export type Kept = {
  readonly partitions: ReadonlyMap<string, KeptVolume<FoundPartition>>
  readonly arrays: ReadonlyMap<string, FoundArray>
  readonly volumes: ReadonlyMap<string, KeptVolume<FoundVolume>>
  readonly groups: ReadonlyMap<string, FoundGroup>
  /** Disks whose content as a whole stays. */
  readonly wholes: ReadonlySet<string>
  /** Disks whose partition table is not written. */
  readonly tables: ReadonlySet<string>
  /** Disks with a partition that has to stay, not only one that stays because it happens to be there. */
  readonly pinnedDisks: ReadonlySet<string>
}

/** A volume that stays: as it is, or with a size that is computed like that of a new one. */
export type KeptVolume<Found> = { readonly found: Found; readonly isResized: boolean }

/** Whether no table is written to a disk. Pure. */
export const keepsTable = (stanza: DiskStanza, isInitial: boolean): boolean =>
  stanza.isVirtual ||
  stanza.isWhole ||
  stanza.volumes.some(({ kind }) => kind === 'raw-disk') ||
  keepsAll(stanza, isInitial)

/** Whether `preserve_…:all` holds for the table too; `lazy` keeps only the partitions that are there. Pure. */
const keepsAll = ({ preserveAll }: DiskStanza, isInitial: boolean): boolean =>
  preserveAll === 'always' || (preserveAll === 'reinstall' && !isInitial)

/** What becomes of a volume. */
export type Fate = 'make' | 'keep' | 'resize' | 'missing'

/**
 * What becomes of a volume (setup-storage.md, section 8). Pure.
 *
 *     preserve   resize  there     not there
 *     always     any     keep      missing
 *     reinstall  any     keep      missing    both like "none" where this is a first installation
 *     lazy       no      keep      make
 *     lazy       yes     keep      missing
 *     none       yes     resize    missing
 *     none       no      make      make
 */
export const fateOf = ({ preserve, resize }: Keep, isThere: boolean, isInitial: boolean): Fate => {
  const isKept = preserve === 'always' || preserve === 'lazy' || (preserve === 'reinstall' && !isInitial)
  if (isThere && isKept) return 'keep'
  if (resize) return isThere ? 'resize' : 'missing'
  return isKept && preserve !== 'lazy' ? 'missing' : 'make'
}
