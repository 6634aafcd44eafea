import { errorAt, type Origin, warningAt } from '../../../diagnostic/diagnostic.ts'
import type { FoundContent } from '../../../model/storage.ts'
import type { StorageStep, StorageWord } from '../storage-plan.ts'
import { type Draft, storageStep } from './draft.ts'

/** A kept device that gets another size, and what is on it. */
export type Resizing = {
  /** What it will be called, and what it is called now. */
  readonly device: string
  readonly present: string
  readonly content: FoundContent | undefined
  readonly fromBytes: number
  readonly toBytes: number
  /** What must be before its file system is touched with the old size. */
  readonly needs: readonly string[]
  readonly origin: Origin
}

/** A command that changes the size of a file system, and what is known of doing it twice. */
type Resize = {
  readonly argv: readonly StorageWord[]
  readonly stdin?: string
  readonly isTransaction: boolean
}

const EXT = /^ext[234]$/
const SECTOR_BYTES = 512
/** The kernel refuses to make a btrfs smaller. */
const BTRFS_LEAST_BYTES = 256 * 1024 ** 2

/**
 * The partitions that stay with another size: the steps before and after their table is written. Pure. One that would
 * begin at another place is `storage-conflict`: nothing moves its content.
 */
export const partitionResizes = (draft: Draft): readonly StorageStep[] =>
  draft.layout.disks.flatMap(({ partitions }) =>
    partitions.flatMap(({ kept, device, startByte, sizeBytes, volume, isFormatted }) => {
      if (kept === undefined || isFormatted || draft.claim.devices.has(kept.device)) return []
      const origin: Origin = volume?.origin ?? { kind: 'device', path: device }
      if (kept.startByte !== startByte) {
        const message = `partition ${device} is kept, but it would begin at another place (wanted ${startByte}, found ${kept.startByte} bytes)`
        draft.diagnostics.push(errorAt('storage-conflict', message, origin))
      }
      const resizing: Resizing = {
        device,
        present: kept.device,
        content: kept.content,
        fromBytes: kept.sizeBytes,
        toBytes: sizeBytes,
        needs: [`cleared:${kept.device}`],
        origin,
      }
      return kept.kind === 'extended' ? [] : [...shrinkSteps(draft, resizing), ...growSteps(draft, resizing)]
    }),
  )

/**
 * The steps that make a file system smaller before its device; none where the device does not shrink. What cannot
 * shrink is `storage-conflict`. Pure.
 *
 *     content              shrinks by                    grows by
 *     ext2 ext3 ext4       e2fsck, resize2fs             e2fsck, resize2fs
 *     btrfs                btrfs filesystem resize (1),  btrfs filesystem resize max (1)
 *                          error below 256 MiB
 *     ntfs                 ntfsresize                    ntfsresize
 *     xfs                  error                         xfs_growfs (1)
 *     f2fs                 error                         resize.f2fs
 *     LVM physical volume  error                         pvresize
 *     LUKS                 error                         by itself, when it is opened
 *     swap                 mkswap, same UUID             mkswap, same UUID
 *     nothing known        the device alone              the device alone
 *     others               error                         warning: it stays as small as it was
 *
 * (1) needs a mount, which `apply` makes for the step.
 */
export const shrinkSteps = (draft: Draft, resizing: Resizing): readonly StorageStep[] => {
  const { present, content, fromBytes, toBytes, needs, origin } = resizing
  if (toBytes >= fromBytes || content === undefined || content.type === 'swap') return []
  const shrink = shrinkCommand(present, content.type, toBytes)
  if (shrink === undefined) {
    const message = `${present} would shrink, but "${content.type}" cannot (wanted ${toBytes}, found ${fromBytes} bytes)`
    draft.diagnostics.push(errorAt('storage-conflict', message, origin))
    return []
  }
  const { isTransaction, ...command } = shrink
  return [
    ...checkSteps(draft, present, content.type, needs),
    storageStep(draft, 'shrink-filesystem', present, {
      title: `shrink the ${content.type} on ${present} to ${toBytes} bytes`,
      ...command,
      needs: [...needs, `checked:${present}`],
      provides: [`shrunk:${present}`],
      ...afterKill(present, content.type, isTransaction),
    }),
  ]
}

/** A file system that resizes itself is asked again, ext is checked first; for others the kind of the step decides. */
const afterKill = (
  device: string,
  type: string,
  isTransaction: boolean,
): Pick<StorageStep, 'repeat' | 'recover'> | Record<string, never> => {
  if (isTransaction) return { repeat: 'safe' }
  return EXT.test(type) ? { repeat: 'resume', recover: [checkCommand(device)] } : {}
}

const shrinkCommand = (device: string, type: string, toBytes: number): Resize | undefined => {
  if (EXT.test(type)) {
    return { argv: ['resize2fs', device, `${Math.floor(toBytes / SECTOR_BYTES)}s`], isTransaction: false }
  }
  switch (type) {
    case 'btrfs':
      return toBytes < BTRFS_LEAST_BYTES
        ? undefined
        : { argv: btrfsResize(device, String(toBytes)), isTransaction: true }
    case 'ntfs':
      return {
        argv: ['ntfsresize', '--force', '--size', String(toBytes), device],
        stdin: 'y\n',
        isTransaction: false,
      }
    default:
      return undefined
  }
}

const btrfsResize = (device: string, size: string): readonly StorageWord[] => [
  'btrfs',
  'filesystem',
  'resize',
  size,
  { mounted: device, path: '' },
]

/** resize2fs wants a file system that was checked since it was mounted last. */
const checkSteps = (
  draft: Draft,
  device: string,
  type: string,
  needs: readonly string[],
): readonly StorageStep[] =>
  EXT.test(type)
    ? [
        storageStep(draft, 'check-filesystem', device, {
          title: `check the ${type} on ${device}`,
          argv: checkCommand(device),
          goodExitCodes: [1],
          needs,
          provides: [`checked:${device}`],
        }),
      ]
    : []

/** `-p` mends only what is safe; where more is needed it fails, and so does resize2fs after it. */
const checkCommand = (device: string): readonly string[] => ['e2fsck', '-f', '-p', device]

/** The steps that fill a device that has grown, by the table at `shrinkSteps`; swap is made anew either way. Pure. */
export const growSteps = (draft: Draft, resizing: Resizing): readonly StorageStep[] => {
  const { device, content, fromBytes, toBytes, origin } = resizing
  if (toBytes === fromBytes || content === undefined) return []
  if (content.type === 'swap') return [remakeSwap(draft, device, content)]
  if (toBytes < fromBytes) return []
  if (content.type === 'LVM2_member') return [growPhysicalVolume(draft, device)]
  const grow = growCommand(device, content.type)
  if (grow === undefined) {
    if (content.type === 'crypto_LUKS') return []
    const message = `"${content.type}" on ${device} stays as small as it was: nothing here makes it larger`
    draft.diagnostics.push(warningAt('filesystem-stays-small', message, origin))
    return []
  }
  const { isTransaction, ...command } = grow
  return [
    ...checkSteps(draft, device, content.type, [`device:${device}`]),
    storageStep(draft, 'grow-filesystem', device, {
      title: `grow the ${content.type} on ${device} to ${toBytes} bytes`,
      ...command,
      needs: [`device:${device}`, `checked:${device}`],
      provides: [`filesystem:${device}`],
      ...afterKill(device, content.type, isTransaction),
    }),
  ]
}

const growCommand = (device: string, type: string): Resize | undefined => {
  if (EXT.test(type)) return { argv: ['resize2fs', device], isTransaction: false }
  switch (type) {
    case 'btrfs':
      return { argv: btrfsResize(device, 'max'), isTransaction: true }
    case 'xfs':
      return { argv: ['xfs_growfs', { mounted: device, path: '' }], isTransaction: true }
    case 'ntfs':
      return { argv: ['ntfsresize', '--force', device], stdin: 'y\n', isTransaction: false }
    case 'f2fs':
      return { argv: ['resize.f2fs', device], isTransaction: false }
    default:
      return undefined
  }
}

const growPhysicalVolume = (draft: Draft, device: string): StorageStep =>
  storageStep(draft, 'grow-physical-volume', device, {
    title: `let LVM use all of ${device}`,
    argv: ['pvresize', '--yes', device],
    needs: [`device:${device}`],
    provides: [`pv:${device}`],
  })

const remakeSwap = (draft: Draft, device: string, { uuid, label }: FoundContent): StorageStep =>
  storageStep(draft, 'create-filesystem', device, {
    title: `make swap on ${device} with its new size`,
    argv: [
      'mkswap',
      ...(uuid === undefined ? [] : ['-U', uuid]),
      ...(label === undefined ? [] : ['-L', label]),
      device,
    ],
    needs: [`device:${device}`],
    provides: [`filesystem:${device}`],
    expects: { kind: 'content', device, type: 'swap', ...(uuid === undefined ? {} : { uuid }) },
  })
