import { type Diagnostic, errorAt, type Origin, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { Because, LocalAction, LocalStep } from '../step.ts'
import type { Task } from '../task.ts'
import { type FstabRow, isMountedToInstall, parseFstab } from './fstab-rows.ts'
import { type DiskSteps, isFat } from './image-steps.ts'
import { contentDevices } from './steps/volumes.ts'
import type { StoragePlan } from './storage-plan.ts'

/** What an installation onto the disks of the machine depends on. */
export type OwnDisksInput = {
  readonly storage: StoragePlan
  /** The class whose file the configuration is, and the file. */
  readonly because: Because
  /** A digest of what the plan was made from, and the passphrases of the configuration, in file order. */
  readonly configuration: string
  readonly passphrases: readonly string[]
  readonly disklist?: readonly string[]
  /** Whether the running kernel can mount a file system of this name. */
  readonly hasFilesystem: (name: string) => boolean
  /** Directory of the target that gets the logs at the end. */
  readonly saveLogsTo: string
}

/**
 * The steps that lay out the disks, mount them below the target, and take leave of them (fai-semantics.md, section 2.3).
 * Pure. What is mounted is what `fstab` in the log directory says by then, for a hook may have laid out the disks itself.
 * Refused where nothing is mounted at `/`, and where the kernel cannot mount what must be; a vfat is filled at the end instead.
 */
export const planOwnDisks = (input: OwnDisksInput): Outcome<DiskSteps> => {
  const { storage, because, hasFilesystem } = input
  const rows = parseFstab(storage.fstab).filter(isMountedToInstall)
  const foreign = rows.filter(({ filesystem }) => !hasFilesystem(filesystem))
  const diagnostics: readonly Diagnostic[] = [
    ...(rows.some(({ mountPoint }) => mountPoint === '/')
      ? []
      : [errorAt('root-filesystem-missing', 'nothing is mounted at "/"', because.origin)]),
    ...foreign
      .filter(row => !isFat(row))
      .map(({ filesystem, mountPoint }) =>
        errorAt(
          'filesystem-unsupported',
          `the running kernel cannot mount "${filesystem}"`,
          originOf(mountPoint, input),
        ),
      ),
  ]
  if (diagnostics.length > 0) return { value: undefined, diagnostics }
  return { value: stepsOf(input, rows, foreign.filter(isFat)), diagnostics }
}

/** The line that asks for a mount point. */
const originOf = (mountPoint: string, { storage, because }: OwnDisksInput): Origin => {
  const contents = [
    ...contentDevices(storage).map(({ content }) => content),
    ...storage.layout.btrfs.flatMap(({ subvolumes }) => subvolumes.map(({ volume }) => volume)),
  ]
  return contents.find(content => content.mountPoint === mountPoint)?.origin ?? because.origin
}

const stepsOf = (input: OwnDisksInput, rows: readonly FstabRow[], later: readonly FstabRow[]): DiskSteps => {
  const { storage, because, configuration, passphrases, disklist, saveLogsTo } = input
  const step = (task: Task, id: string, title: string, action: LocalAction): LocalStep => ({
    ...{ id, task, title, action },
    because: [because],
    destroys: action.kind === 'change-storage' && storage.steps.some(({ destroys }) => destroys),
  })
  const points = rows.map(({ mountPoint }) => mountPoint)
  const filledLater = later.map(({ mountPoint }) => mountPoint)
  const note = filledLater.length === 0 ? '' : `, without ${filledLater.join(' ')}, filled at the end`
  return {
    prepare: [
      step('partition', 'disks.change', `lay out the disks in ${storage.steps.length} steps`, {
        ...{ kind: 'change-storage', storage, configuration, passphrases },
        ...(disklist === undefined ? {} : { disklist }),
      }),
      step('mountdisks', 'disks.mount', `mount ${points.join(' ')} below the target${note}`, {
        kind: 'mount-fstab',
        filledLater,
      }),
    ],
    afterBase: [
      step('extrbase', 'disks.files', 'put fstab, and what belongs to it, into the target', {
        kind: 'install-disk-files',
      }),
    ],
    finish: [
      // A contained mount point first: what it holds is no content of the containing one.
      ...filledLater.toReversed().map(from =>
        step('finish', `fill.${from}`, `copy ${from} into its partition with mtools`, {
          ...{ kind: 'fill-vfat', device: from, from },
        }),
      ),
      step('savelog', 'save-logs', `copy the logs to ${saveLogsTo}`, { kind: 'save-logs', to: saveLogsTo }),
      step('savelog', 'unmount', 'unmount everything, and close what was opened', { kind: 'unmount-all' }),
    ],
  }
}
