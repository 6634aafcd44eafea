import type { Content, DeviceRef, DiskConfig, DiskStanza, Keep } from '../language/disk-config.ts'
import { partitionNumbers } from '../language/disk-config-check.ts'
import type { Size, SizeRange } from '../language/size.ts'

const printSize = (size: Size): string =>
  size.kind === 'bytes'
    ? `${size.bytes}B`
    : size.kind === 'percent'
      ? `${size.percent}%`
      : `RAM:${size.percent}%`

const printRange = ({ lower, upper }: SizeRange): string => {
  const [low, high] = [printSize(lower), printSize(upper)]
  if (low === high) return low
  return low === '0B' ? `-${high}` : high === '100%' ? `${low}-` : `${low}-${high}`
}

const option = (name: string, text: string): string => (text === '' ? '' : ` ${name}="${text}"`)

const printContent = (made: Content, middle: string, special = ''): string => {
  const encrypt = made.encrypt === undefined ? '' : made.encrypt.randomFill ? ':encrypt:randinit' : ':encrypt'
  const options = special + option('tuneopts', made.tuneOptions) + option('createopts', made.createOptions)
  return `${made.mountPoint}${encrypt} ${middle} ${made.filesystem} ${made.mountOptions}${options}`
}

/** Half of what is preserved says so behind its size, the rest in the options of the stanza. */
const suffix = ({ preserve }: Keep, index: number): string =>
  preserve !== undefined && index % 2 === 1 ? `:preserve_${preserve}` : ''

const printKeep = (volumes: readonly Keep[], ids: readonly (number | string)[], hasSuffix = true): string =>
  volumes
    .map(({ preserve, resize, alwaysFormat }, index) => {
      const named = preserve !== undefined && !(hasSuffix && index % 2 === 1)
      return [
        named ? ` preserve_${preserve}:${ids[index]}` : '',
        resize ? ` resize:${ids[index]}` : '',
        alwaysFormat ? ` always_format:${ids[index]}` : '',
      ].join('')
    })
    .join('')

const printDisk = (made: DiskStanza): string => {
  const head = [
    `disk_config ${made.disk} disklabel:${made.partitionTable} fstabkey:${made.fstabKey}`,
    made.bootable === undefined ? '' : ` bootable:${made.bootable}`,
    made.alignBytes === undefined ? '' : ` align-at:${made.alignBytes}B`,
    made.isVirtual ? ' virtual' : '',
    made.isWhole ? ' vg:1' : '',
    made.preserveAll === undefined ? '' : ` preserve_${made.preserveAll}:all`,
    printKeep(made.volumes, partitionNumbers(made)),
  ]
  const lines = made.volumes.map((each, index) => {
    const start = each.name === undefined ? each.kind : `p=${each.name}`
    return `${start} ${printContent(each, printRange(each.size) + suffix(each, index))}`
  })
  return [head.join(''), ...lines].join('\n')
}

const printDevices = (refs: readonly DeviceRef[]): string =>
  refs.map(ref => `${ref.text}${ref.isSpare ? ':spare' : ''}${ref.isMissing ? ':missing' : ''}`).join(',')

/** A configuration in FAI's syntax; what is kept stands in options of the stanza or behind the size. */
export const printDiskConfig = ({
  disks,
  arrays,
  btrfs,
  encrypted,
  volumeGroups,
  tmpfs,
  nfs,
}: DiskConfig): string => {
  const logical = volumeGroups.flatMap(group =>
    group.volumes.map(each => ({ ...each, id: `${group.name}-${each.name}` })),
  )
  const blocks = [
    ...disks.map(printDisk),
    arrays.length === 0
      ? ''
      : `disk_config raid fstabkey:${arrays[0]?.fstabKey}${printKeep(arrays, [...arrays.keys()], false)}`,
    ...arrays.map(
      each =>
        `raid${each.level} ${printContent(each, printDevices(each.devices), option('mdcreateopts', each.arrayOptions))}`,
    ),
    btrfs.length === 0 ? '' : `disk_config btrfs fstabkey:${btrfs[0]?.fstabKey}`,
    ...btrfs.map(
      each =>
        `btrfs ${each.profile} ${each.mountPoint} ${printDevices(each.devices)} ${each.mountOptions}${option('btrfscreateopts', each.btrfsOptions)}${option('createopts', each.createOptions)}${option('tuneopts', each.tuneOptions)}`,
    ),
    encrypted.length === 0 ? '' : `disk_config cryptsetup${encrypted[0]?.randomFill ? ' randinit' : ''}`,
    ...encrypted.map(each => {
      const start = each.passphrase === undefined ? each.kind : `luks:"${each.passphrase}"`
      return `${start} ${printContent(each, printDevices([each.device]), option('lukscreateopts', each.luksOptions))}`
    }),
    `disk_config lvm fstabkey:${volumeGroups[0]?.fstabKey ?? 'device'}${printKeep(
      logical,
      logical.map(({ id }) => id),
    )}`,
    ...volumeGroups.map(
      each =>
        `vg ${each.name} ${printDevices(each.devices)}${option('vgcreateopts', each.groupOptions)}${option('pvcreateopts', each.physicalOptions)}`,
    ),
    ...logical.map(
      (each, index) =>
        `${each.id} ${printContent(each, printRange(each.size) + suffix(each, index), option('lvcreateopts', each.volumeOptions))}`,
    ),
    'disk_config tmpfs',
    ...tmpfs.map(
      each =>
        `tmpfs ${each.mountPoint} ${each.size === undefined ? '-' : printSize(each.size)} ${each.mountOptions}`,
    ),
    'disk_config nfs',
    ...nfs.map(each => `nfs ${each.source} ${each.mountPoint} ${each.mountOptions}`),
  ]
  return `${blocks.filter(block => block !== '').join('\n')}\n`
}
