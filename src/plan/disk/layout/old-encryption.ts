import type {
  Content,
  CryptVolume,
  DiskConfig,
  LogicalVolume,
  RaidVolume,
  Volume,
} from '../../../language/disk-config.ts'
import { numberedVolumes } from './device-name.ts'
import type { ConfiguredDisk } from './find-disk.ts'

/** A configuration whose disks are known, in which only a `cryptsetup` stanza encrypts. */
export type SpelledOut = Pick<DiskConfig, 'arrays' | 'volumeGroups' | 'btrfs' | 'encrypted'> & {
  readonly disks: readonly ConfiguredDisk[]
}

/**
 * Turns the old spelling `/home:encrypt` into what it means: a bare volume, and LUKS with a key file on it. Pure. One
 * `:randinit` fills all encrypted devices, as with FAI.
 */
export const spellOutEncryption = (config: DiskConfig, found: readonly ConfiguredDisk[]): SpelledOut => {
  const encrypted: CryptVolume[] = [...config.encrypted]
  const spellOut = <Line extends Volume | RaidVolume | LogicalVolume>(line: Line, device: string): Line => {
    if (line.encrypt === undefined) return line
    encrypted.push(luksOn(device, line, line.encrypt.randomFill))
    const { encrypt: _, ...rest } = line
    return { ...rest, mountPoint: '-', filesystem: '-', createOptions: '', tuneOptions: '' } as Line
  }
  const disks = found.map(({ stanza, disk }) => {
    const volumes = numberedVolumes({ stanza, disk }).map(({ volume, device }) => spellOut(volume, device))
    return { stanza: { ...stanza, volumes }, disk }
  })
  const arrays = config.arrays.map((array, index) => spellOut(array, `/dev/md${index}`))
  const volumeGroups = config.volumeGroups.map(group => ({
    ...group,
    volumes: group.volumes.map(volume => spellOut(volume, `/dev/${group.name}/${volume.name}`)),
  }))
  const randomFill = encrypted.some(volume => volume.randomFill)
  return {
    disks,
    arrays,
    volumeGroups,
    btrfs: config.btrfs,
    encrypted: encrypted.map(volume => ({ ...volume, randomFill })),
  }
}

const luksOn = (device: string, line: Content, randomFill: boolean): CryptVolume => ({
  kind: 'luks',
  device: { text: device, isSpare: false, isMissing: false, origin: line.origin },
  luksOptions: '',
  randomFill,
  mountPoint: line.mountPoint,
  filesystem: line.filesystem,
  mountOptions: line.mountOptions,
  createOptions: line.createOptions,
  tuneOptions: line.tuneOptions,
  origin: line.origin,
})
