import type { DiskStanza, Volume } from '../../../language/disk-config.ts'
import type { FoundPartition } from '../../../model/storage.ts'
import type { DeviceUse } from './stack.ts'

/** Partition types, UEFI 2.10 section 5.3.3 and systemd's list of GUIDs. */
const GPT_TYPES = {
  esp: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  linux: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
  swap: '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F',
  basic: 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7',
  raid: 'A19D880F-05FC-4D3B-A006-743F0F84911E',
  lvm: 'E6D6D379-F507-44C2-A23C-238F2A3DF928',
} as const

const MSDOS_TYPES = { raid: 'FD', lvm: '8E' } as const

/** Holds the second stage of a boot loader on a BIOS machine. */
export const BIOS_GRUB_TYPE = '21686148-6449-6E6F-744E-656564454649'

/** The extended partition of an msdos table. */
export const EXTENDED_TYPE = 'F'

/** One partition as far as its type depends on it. */
export type TypedPartition = {
  readonly volume: Volume
  readonly number: number
  /** What is built on it. */
  readonly use?: DeviceUse['kind']
  /** What is there, where it stays. */
  readonly kept?: Pick<FoundPartition, 'type' | 'content'>
}

/**
 * Type of a partition in the table of its disk; the first row that fits. Pure.
 *
 *     table  what                                        type
 *     gpt    mounted at /boot/efi                        EFI system partition
 *     gpt    /boot, no /boot/efi on the disk             EFI system partition at 1, as FAI does
 *     gpt    it stays, `bootable:N`, no /boot/efi        EFI system partition at N
 *     both   it stays, and is no new member              as it is
 *     both   member of an array / physical volume        Linux RAID, FD / Linux LVM, 8E
 *     gpt    `bootable:N`, no /boot/efi on the disk      EFI system partition at N, as parted does for FAI
 *     gpt    swap / vfat, msdos, ntfs / other            swap / basic data / Linux
 *     msdos  /boot/efi / swap / vfat / msdos / other     EF / 82 / C / E / 83
 *     msdos  ntfs                                        7
 *
 * FAI marks partition 1 even where /boot/efi is another one, and firmware then finds nothing to boot; ours marks
 * /boot/efi.
 */
export const partitionType = (stanza: DiskStanza, partition: TypedPartition): string => {
  const { volume, number, use, kept } = partition
  const isGpt = stanza.partitionTable !== 'msdos'
  const mounts = stanza.volumes.map(({ mountPoint }) => mountPoint)
  const hasEfi = mounts.includes('/boot/efi')
  if (isGpt && volume.mountPoint === '/boot/efi') return GPT_TYPES.esp
  if (isGpt && !hasEfi && mounts.includes('/boot') && number === 1) return GPT_TYPES.esp
  const isMarked = isGpt && !hasEfi && number === stanza.bootable
  const isNewMember = (use === 'raid' || use === 'lvm') && kept?.content === undefined
  if (kept !== undefined && !isNewMember) return isMarked ? GPT_TYPES.esp : kept.type
  if (use === 'raid' || use === 'lvm') return isGpt ? GPT_TYPES[use] : MSDOS_TYPES[use]
  if (isMarked) return GPT_TYPES.esp
  return isGpt ? gptType(volume) : msdosType(volume)
}

const gptType = ({ filesystem }: Volume): string => {
  switch (filesystem) {
    case 'swap':
      return GPT_TYPES.swap
    case 'vfat':
    case 'msdos':
    case 'ntfs':
      return GPT_TYPES.basic
    default:
      return GPT_TYPES.linux
  }
}

const msdosType = ({ mountPoint, filesystem }: Volume): string => {
  switch (filesystem) {
    case 'swap':
      return '82'
    case 'vfat':
      return mountPoint === '/boot/efi' ? 'EF' : 'C'
    case 'msdos':
      return 'E'
    case 'ntfs':
      return '7'
    default:
      return '83'
  }
}
