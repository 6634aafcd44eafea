import type { Diagnostic, Origin } from '../../../diagnostic/diagnostic.ts'
import type { DiskConfig } from '../../../language/disk-config.ts'
import type { Storage } from '../../../model/storage.ts'
import type { PartitionTable, StorageLayout } from '../layout.ts'
import { splitOptions } from '../options.ts'
import type { Repeat, StorageStep, StorageStepKind } from '../storage-plan.ts'
import type { Claim } from './claim.ts'
import type { DeviceDisks } from './device-disks.ts'

/** What a plan of the storage of a machine depends on. */
export type StorageInput = {
  readonly layout: StorageLayout
  readonly machine: Storage
  /** The rest of the configuration is in the layout. */
  readonly config: Pick<DiskConfig, 'tmpfs' | 'nfs'>
  /** For `createopts` and the like; `HOSTNAME` is put into the sources of nfs mounts. */
  readonly variables: Readonly<Record<string, string>>
  /** Names of volume groups that are left alone (`SS_IGNORE_VG`). */
  readonly ignoredGroups: readonly string[]
  /** Where key files and saved tables go; `crypttab` names it. */
  readonly logDirectory: string
  /** A fresh UUID at each call; called in the same order for the same input. */
  readonly newUuid: () => string
}

/** What the parts of the planner share: the input, what follows from it, and the list that gets every complaint. */
export type Draft = StorageInput & {
  /** By device: the new tables; a disk that is not in it keeps its own. */
  readonly tables: ReadonlyMap<string, PartitionTable>
  /** What must make way. */
  readonly claim: Claim
  /** In the layout; `teardownSteps` looks at what was found instead. */
  readonly disksOf: DeviceDisks
  readonly diagnostics: Diagnostic[]
}

/**
 * What may be done with a step of each kind that was killed on the way.
 *
 *     kind                                    why
 *     wipe, save-table, make-key, fill-random writes all of its result anew; what comes later has not begun
 *     write-table                             the script holds every kept partition, so the same table results
 *     create-filesystem, format-encrypted,    make everything anew, with the same UUID
 *     create-physical-volume, tune-filesystem
 *     check-filesystem, (de)activate-group    ask for a state that may be there already
 *     grow-physical-volume, grow-filesystem   begin with what the last run left; ext is checked first
 *     shrink-filesystem                       btrfs and ext alike, e2fsck decides whether that is safe; ntfs is refused:
 *                                             clusters may be half moved
 *     all others                              done or not done: LVM, md and dm-crypt write their metadata at once
 */
const REPEAT: { readonly [Kind in StorageStepKind]: Repeat } = {
  'close-encrypted': 'resume',
  'remove-volume': 'resume',
  'reduce-group': 'resume',
  'remove-group': 'resume',
  'deactivate-group': 'safe',
  'stop-array': 'resume',
  wipe: 'safe',
  'check-filesystem': 'safe',
  'shrink-filesystem': 'refuse',
  'save-table': 'safe',
  'write-table': 'safe',
  'assemble-array': 'resume',
  'create-array': 'resume',
  'fill-random': 'safe',
  'make-key': 'safe',
  'format-encrypted': 'safe',
  'open-encrypted': 'resume',
  'grow-physical-volume': 'safe',
  'create-physical-volume': 'safe',
  'create-group': 'resume',
  'activate-group': 'safe',
  'extend-group': 'resume',
  'resize-volume': 'resume',
  'create-volume': 'resume',
  'create-filesystem': 'safe',
  'grow-filesystem': 'resume',
  'tune-filesystem': 'safe',
  'create-subvolume': 'resume',
}

/** What a step says besides that which follows from its kind and device. */
export type StepFields = Pick<StorageStep, 'title' | 'argv'> &
  Partial<Omit<StorageStep, 'id' | 'kind' | 'device' | 'disks'>> & {
    /** Tells steps of one kind on one device apart. */
    readonly suffix?: string
  }

/** A step: its id, its disks, and what may be done with it after a kill follow from kind and device. Pure. */
export const storageStep = (
  { disksOf }: Pick<Draft, 'disksOf'>,
  kind: StorageStepKind,
  device: string,
  { suffix, ...fields }: StepFields,
): StorageStep => ({
  needs: [],
  provides: [],
  destroys: false,
  repeat: REPEAT[kind],
  ...fields,
  id: `${kind}:${device}${suffix === undefined ? '' : `:${suffix}`}`,
  kind,
  device,
  disks: disksOf(device),
})

/** The words of options that a line gives; what is wrong with them goes to the diagnostics of the draft. */
export const optionWords = (draft: Draft, text: string, origin: Origin): readonly string[] => {
  const { value, diagnostics } = splitOptions(text, draft.variables, origin)
  draft.diagnostics.push(...diagnostics)
  return value ?? []
}
