import type { DiskStanza, Volume } from '../../language/disk-config.ts'

/** Partition types, UEFI 2.10 section 5.3.3 and systemd's list of GUIDs. */
const GPT_TYPES = {
  esp: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  linux: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
  swap: '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F',
  basic: 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7',
} as const

/** Holds the second stage of a boot loader on a BIOS machine. */
export const BIOS_GRUB_TYPE = '21686148-6449-6E6F-744E-656564454649'

/** The extended partition of an msdos table. */
export const EXTENDED_TYPE = 'F'

/**
 * Type of a partition in the table of its disk. Pure.
 *
 *     table  what                                        type
 *     gpt    mounted at /boot/efi                        EFI system partition
 *     gpt    `bootable:N`, no /boot/efi on the disk      EFI system partition at N, as parted does for FAI
 *     gpt    /boot, no /boot/efi on the disk             EFI system partition at 1, as FAI does
 *     gpt    swap / vfat, msdos / other                  swap / basic data / Linux
 *     msdos  /boot/efi / swap / vfat / msdos / other     EF / 82 / C / E / 83
 *
 * FAI marks partition 1 even where /boot/efi is another one, and firmware then finds nothing to boot; ours marks
 * /boot/efi.
 */
export const partitionType = (stanza: DiskStanza, volume: Volume, number: number): string =>
  stanza.partitionTable === 'msdos' ? msdosType(volume) : gptType(stanza, volume, number)

const gptType = (stanza: DiskStanza, volume: Volume, number: number): string => {
  const mounts = stanza.volumes.map(({ mountPoint }) => mountPoint)
  const isEsp = mounts.includes('/boot/efi')
    ? volume.mountPoint === '/boot/efi'
    : number === stanza.bootable || (mounts.includes('/boot') && number === 1)
  if (isEsp) return GPT_TYPES.esp
  switch (volume.filesystem) {
    case 'swap':
      return GPT_TYPES.swap
    case 'vfat':
    case 'msdos':
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
    default:
      return '83'
  }
}
