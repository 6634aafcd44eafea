import type { DiskLayout, GroupLayout, Partition, StorageLayout } from '../layout.ts'
import type { StoragePlan, StorageStep, StorageWord } from '../storage-plan.ts'

/** A storage plan as one JSON object (contract, section 6; `schema/disks-plan.schema.json`); passphrases are stars. Pure. */
export const formatStoragePlanJson = (plan: StoragePlan): string =>
  `${JSON.stringify(showStoragePlan(plan), undefined, 2)}\n`

/** The same as a value. Pure. */
export const showStoragePlan = (plan: StoragePlan): object => {
  const { layout, steps, fstab, diskVariables, crypttab, diagnostics, logDirectory } = plan
  return {
    disks: layout.disks.map(showDisk),
    arrays: layout.arrays.map(({ device, volume, members, spares }) => ({
      device,
      level: volume.level,
      members: [...members, ...spares],
      filesystem: volume.filesystem,
      mountPoint: volume.mountPoint,
    })),
    volumeGroups: layout.volumeGroups.map(showGroup),
    encrypted: showEncrypted(layout),
    steps: steps.map(step => showStep(step, logDirectory)),
    fstab,
    diskVariables,
    crypttab,
    diagnostics,
  }
}

const showDisk = ({ device, table, sectorBytes, partitions }: DiskLayout) => ({
  device,
  table,
  sectorBytes,
  partitions: partitions.map(showPartition),
})

const showPartition = (partition: Partition) => {
  const { number, kind, name, startByte, sizeBytes, volume, kept, isFormatted } = partition
  return {
    number,
    kind,
    ...(name === undefined ? {} : { name }),
    startByte,
    sizeBytes,
    filesystem: volume?.filesystem ?? '-',
    mountPoint: volume?.mountPoint ?? '-',
    preserved: kept !== undefined && !isFormatted,
  }
}

const showGroup = ({ name, devices, volumes }: GroupLayout) => ({
  name,
  devices,
  volumes: volumes.map(({ name: volumeName, sizeBytes, volume }) => ({
    name: volumeName,
    sizeBytes,
    filesystem: volume.filesystem,
    mountPoint: volume.mountPoint,
  })),
})

const showEncrypted = ({ encrypted }: StorageLayout) =>
  encrypted.map(({ device, on, volume }) => ({ device, on, mountPoint: volume.mountPoint }))

const showStep = ({ id, kind, argv, needs, provides, destroys }: StorageStep, logDirectory: string) => ({
  id,
  kind,
  argv: argv.map(word => formatStorageWord(word, logDirectory)),
  needs,
  provides,
  destroys,
})

/** A word as it is shown: a file with its directory, a passphrase as stars, a mount by the device that is mounted. Pure. */
export const formatStorageWord = (word: StorageWord, logDirectory: string): string => {
  if (typeof word === 'string') return word
  if ('log' in word) return `${logDirectory}/${word.log}`
  return 'secret' in word ? '********' : `{${word.mounted}}${word.path}`
}
