import type { Diagnostic } from '../../diagnostic/diagnostic.ts'
import type { Storage } from '../../model/storage.ts'
import type { PartitionTable, StorageLayout } from './layout.ts'

/** What a step does to the storage of a machine, roughly in the order in which the kinds come. */
export const STORAGE_STEP_KINDS = [
  'close-encrypted',
  'remove-volume',
  'reduce-group',
  'remove-group',
  'deactivate-group',
  'stop-array',
  'wipe',
  'check-filesystem',
  'shrink-filesystem',
  'save-table',
  'write-table',
  'assemble-array',
  'create-array',
  'fill-random',
  'make-key',
  'format-encrypted',
  'open-encrypted',
  'grow-physical-volume',
  'create-physical-volume',
  'create-group',
  'activate-group',
  'extend-group',
  'resize-volume',
  'create-volume',
  'create-filesystem',
  'grow-filesystem',
  'tune-filesystem',
  'create-subvolume',
] as const

/** One of them. */
export type StorageStepKind = (typeof STORAGE_STEP_KINDS)[number]

/**
 * What may be done with a step that was killed on the way, when `apply` runs again.
 *
 *     safe    its command is run again, behind those of `recover`: the end is the same
 *     resume  it is done where `expects` holds; else the commands of `recover`, then its own once more
 *     refuse  nobody but a person may go on: `apply` prints the command
 */
export type Repeat = 'safe' | 'resume' | 'refuse'

/**
 * One thing that `disks apply` will do. It runs when all that it needs is there: every step of the same plan that
 * provides it is done, or, where none does, it is there from the start.
 *
 *     name of what is needed and provided    is
 *     `cleared:/dev/sda2`                    nothing uses the device any more
 *     `removed:/dev/md0`, `removed:vg0`      the old device, or group, of that name is gone
 *     `wiped:/dev/sda2`                      it has no signature any more
 *     `reduced:/dev/sda2`, `whole:vg0`       it is no longer part of its group; the group lacks nothing
 *     `shrunk:/dev/sda2`                     its file system is as small as the device will be
 *     `saved:/dev/sda`                       the old table is in the log directory
 *     `script:/dev/sda`                      the new table is in the log directory too, for fdisk
 *     `table:/dev/sda`                       the new table is written
 *     `device:/dev/sda1`, `device:/dev/md0`  the block device is there, with its new size
 *     `random:/dev/sda7`, `key:NAME`         filled with random octets; the key file is there
 *     `luks:/dev/sda7`, `pv:/dev/sda3`       the header, or the label of the physical volume, is written
 *     `active:vg0`                           the kept volume group is active
 *     `vg:vg0`                               the volume group is there, with all its physical volumes
 *     `checked:/dev/sda1`                    the file system was checked
 *     `made:/dev/sda1`                       the file system is made, though not yet tuned
 *     `filesystem:/dev/sda1`                 the file system is made, or kept with its size
 */
export type StorageStep = {
  /** Stable and unique in its plan, for example `create-filesystem:/dev/sda1`. */
  readonly id: string
  readonly kind: StorageStepKind
  /** One line for people, lower case: what is done to what. */
  readonly title: string
  /** A program, no shell. */
  readonly argv: readonly StorageWord[]
  /** Given to the program; a passphrase is a word, so that no output shows it. */
  readonly stdin?: string | StorageWord
  /** The file that gets what the program prints, mode 0600. */
  readonly stdout?: StorageWord
  /** What the program may exit with besides 0: e2fsck says 1 where it has mended something. */
  readonly goodExitCodes?: readonly number[]
  readonly needs: readonly string[]
  readonly provides: readonly string[]
  /** Data that was there before is gone afterwards. */
  readonly destroys: boolean
  /** The device that is changed; for a volume group its name. */
  readonly device: string
  /** Disks that it touches, in the order of their names; steps that share none may run at the same time. */
  readonly disks: readonly string[]
  /** What must be seen afterwards; `apply` compares it with the kernel and fails the step where it differs. */
  readonly expects?: Expectation
  readonly repeat: Repeat
  /** Run before a step that was begun before; what they exit with does not matter. */
  readonly recover?: readonly (readonly StorageWord[])[]
  /** For a step whose device is there only while the machine runs. */
  readonly runtime?: Runtime
}

/** What puts a device to rest when a run has failed, and what brings it back when another finishes that, or after a reboot. */
export type Runtime = { readonly up: readonly StorageWord[]; readonly down: readonly StorageWord[] }

/** A word of an argv. */
export type StorageWord =
  | string
  /** A file of the log directory; key files are among them. */
  | { readonly log: string }
  /** Shown as stars. */
  | { readonly secret: string }
  /** The directory at which `apply` has mounted the file system of the device while the step runs, and `path` below it. */
  | { readonly mounted: string; readonly path: string }

/** What a device must be after a step. */
export type Expectation =
  | { readonly kind: 'table'; readonly device: string; readonly table: PartitionTable }
  | {
      readonly kind: 'content'
      readonly device: string
      readonly type: string
      readonly uuid?: string
      readonly label?: string
    }
  /** No signature is on it. */
  | { readonly kind: 'blank'; readonly device: string }
  | { readonly kind: 'device'; readonly device: string; readonly sizeBytes?: number }
  | { readonly kind: 'absent'; readonly device: string }
  /** The physical volumes of a volume group; none where it is gone. */
  | { readonly kind: 'group'; readonly name: string; readonly physicalVolumes: readonly string[] }

/** Everything that `disks apply` will do and leave, as data. */
export type StoragePlan = {
  /** The machine that it was made for; `apply` refuses another. */
  readonly machine: Storage
  readonly layout: StorageLayout
  /** In an order that respects what each needs. */
  readonly steps: readonly StorageStep[]
  readonly fstab: string
  readonly diskVariables: Readonly<Record<string, string>>
  readonly crypttab: string
  readonly mdadmConf: string
  /** Where the words `{ log }` are. */
  readonly logDirectory: string
  readonly diagnostics: readonly Diagnostic[]
}
