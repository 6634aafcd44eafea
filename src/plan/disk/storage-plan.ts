import type { Diagnostic } from '../../diagnostic/diagnostic.ts'
import type { Storage } from '../../model/storage.ts'
import type { PartitionTable, StorageLayout } from './layout.ts'

/** What a step does to the storage of a machine, in the order in which the kinds come. */
export const STORAGE_STEP_KINDS = [
  'close-encrypted',
  'remove-volume',
  'remove-group',
  'remove-physical-volume',
  'stop-array',
  'clear-array-member',
  'shrink-filesystem',
  'wipe',
  'save-table',
  'write-table',
  'resize-partition',
  'assemble-array',
  'create-array',
  'fill-random',
  'make-key',
  'format-encrypted',
  'open-encrypted',
  'create-physical-volume',
  'create-group',
  'extend-group',
  'reduce-group',
  'create-volume',
  'resize-volume',
  'create-filesystem',
  'grow-filesystem',
  'tune-filesystem',
  'create-subvolume',
  'close-key',
] as const

/** One of them. */
export type StorageStepKind = (typeof STORAGE_STEP_KINDS)[number]

/**
 * One thing that `disks apply` will do. It runs when all that it needs is there: by a step of the same plan that
 * provides it, or from the start.
 *
 *     name of what is needed and provided    is
 *     `cleared:/dev/sda2`                    nothing uses the device any more
 *     `table:/dev/sda`                       the new table is written
 *     `device:/dev/sda1`, `device:/dev/md0`  the block device is there, with its new size
 *     `vg:vg0`                               the volume group is there
 *     `filesystem:/dev/sda1`                 the file system is made, or kept with its size
 */
export type StorageStep = {
  /** Stable and unique in its plan, for example `create-filesystem:/dev/sda1`. */
  readonly id: string
  readonly kind: StorageStepKind
  /** One line for people, lower case: what is done to what. */
  readonly title: string
  /** A program, no shell; `{ key: name }` words are key files that exist only while the plan is applied. */
  readonly argv: readonly StorageWord[]
  /** Given to the program; a passphrase is a word, so that no output shows it. */
  readonly stdin?: string | StorageWord
  readonly needs: readonly string[]
  readonly provides: readonly string[]
  /** Data that was there before is gone afterwards. */
  readonly destroys: boolean
  /** The device that is changed; steps on different disks may run at the same time. */
  readonly device: string
  /** Disks that it touches, in the order of their names. */
  readonly disks: readonly string[]
  /** What must be seen afterwards; `apply` compares it with the kernel and fails the step where it differs. */
  readonly expects?: Expectation
  /** What undoes a half-done step before it is run again, and whether that may be done at all. */
  readonly repeat: 'safe' | 'resume' | 'refuse'
}

/** A word of an argv. */
export type StorageWord = string | { readonly key: string } | { readonly secret: string }

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
  | { readonly kind: 'device'; readonly device: string; readonly sizeBytes?: number }
  | { readonly kind: 'absent'; readonly device: string }

/** Everything that `disks apply` will do and leave, as data. */
export type StoragePlan = {
  /** The machine that it was made for; `apply` refuses another. */
  readonly machine: Storage
  readonly layout: StorageLayout
  readonly steps: readonly StorageStep[]
  readonly fstab: string
  readonly diskVariables: Readonly<Record<string, string>>
  readonly crypttab: string
  readonly mdadmConf: string
  readonly diagnostics: readonly Diagnostic[]
}
