import type { FstabKey, Tmpfs } from '../../language/disk-config.ts'
import { formatTmpfsSize } from '../../language/size.ts'

/** A formatted device that has a mount point or is swap, and all the names it can be found by. */
export type FstabDevice = {
  /** What the device is called while the host is installed. */
  readonly device: string
  readonly key: FstabKey
  readonly mountPoint: string
  readonly filesystem: string
  readonly mountOptions: string
  readonly uuid?: string
  readonly filesystemLabel?: string
  readonly partitionUuid?: string
  readonly partitionName?: string
}

const HEADER =
  '# /etc/fstab: static file system information.\n#\n# <file sys>\t<mount point>\t<type>\t<options>\t<dump>\t<pass>\n'

/**
 * The text of `/etc/fstab`, rows by mount point (setup-storage.md, section 9). Pure. Where a device lacks the name that
 * its key asks for, FAI writes the device itself; `fallback` says what stands there instead, for a disk image has no
 * device name that lasts.
 */
export const renderFstab = (
  devices: readonly FstabDevice[],
  tmpfs: readonly Tmpfs[],
  fallback: 'device' | 'uuid' = 'device',
): string => {
  const rows = [
    ...devices.filter(({ mountPoint }) => mountPoint !== '-').map(device => deviceRow(device, fallback)),
    ...tmpfs.map(tmpfsRow),
  ]
  const sorted = rows.sort((left, right) => compareText(left.mountPoint, right.mountPoint))
  return HEADER + sorted.map(({ text }) => `\n${text}\n`).join('')
}

type Row = { readonly mountPoint: string; readonly text: string }

const deviceRow = (device: FstabDevice, fallback: 'device' | 'uuid'): Row => {
  const isSwap = device.mountPoint === 'swap'
  const mountPoint = isSwap ? 'none' : device.mountPoint
  const pass = isSwap ? '0' : mountPoint === '/' ? '1' : '2'
  const name = fstabName(device, fallback)
  const comment = name === device.device ? '' : `# device during installation: ${device.device}\n`
  const fields = [name, mountPoint, device.filesystem, device.mountOptions, '0', pass]
  return { mountPoint, text: comment + fields.join('\t') }
}

const tmpfsRow = ({ mountPoint, size, mountOptions }: Tmpfs): Row => {
  const hasSize = /(^|,)size=/.test(mountOptions)
  const options =
    size === undefined || hasSize ? mountOptions : `${mountOptions},size=${formatTmpfsSize(size)}`
  return { mountPoint, text: ['tmpfs', mountPoint, 'tmpfs', options, '0', '0'].join('\t') }
}

/** The first field of a row: the name that the key asks for, or the fallback where the device has none. Pure. */
export const fstabName = (device: FstabDevice, fallback: 'device' | 'uuid'): string => {
  const wanted = nameByKey(device, device.key)
  if (wanted !== undefined) return wanted
  return (fallback === 'uuid' ? nameByKey(device, 'uuid') : undefined) ?? device.device
}

const nameByKey = (device: FstabDevice, key: FstabKey): string | undefined => {
  switch (key) {
    case 'device':
      return undefined
    case 'uuid':
      return tagged('UUID', device.uuid)
    case 'label':
      return tagged('LABEL', device.filesystemLabel)
    case 'partuuid':
      return tagged('PARTUUID', device.partitionUuid)
    case 'partlabel':
      return tagged('PARTLABEL', device.partitionName)
  }
}

const tagged = (tag: string, value: string | undefined): string | undefined =>
  value === undefined || value.trim() === '' ? undefined : `${tag}=${value}`

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
