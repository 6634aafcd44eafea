import { type Diagnostic, errorAt } from '../../../diagnostic/diagnostic.ts'
import type { FoundGroup, Storage } from '../../../model/storage.ts'
import { arrayDevice, numberedVolumes } from './device-name.ts'
import { foundArrayOf } from './found-array.ts'
import type { Kept } from './kept.ts'
import type { Stack, StackedGroup } from './stack.ts'

/**
 * The volume groups that stay, by name: those that are there and lose no physical volume. Pure. One that loses a physical
 * volume while a volume of it is to stay is `preserve-impossible`; FAI destroys that volume.
 */
export const keepGroups = (
  stack: Stack,
  storage: Storage,
  kept: Omit<Kept, 'groups'>,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, FoundGroup> => {
  const groups = new Map<string, FoundGroup>()
  for (const each of stack.groups) {
    const found = storage.volumeGroups.find(({ name }) => name === each.name)
    if (found === undefined) continue
    const lost = found.physicalVolumes.find(device => !staysAsItIs(device, stack, storage, kept))
    const volume = keptVolumeOf(each, kept)
    if (lost === undefined) groups.set(each.name, found)
    else if (volume !== undefined) {
      const message = `volume "${volume.name}" cannot stay: nothing keeps "${lost}", a physical volume of its group`
      diagnostics.push(errorAt('preserve-impossible', message, volume.origin))
    }
  }
  return groups
}

const keptVolumeOf = ({ name, group }: StackedGroup, { volumes }: Pick<Kept, 'volumes'>) =>
  group.volumes.find(volume => volumes.has(`/dev/${name}/${volume.name}`))

/** Whether nothing of the configuration writes to a device that is there now. */
const staysAsItIs = (device: string, stack: Stack, storage: Storage, kept: Omit<Kept, 'groups'>): boolean => {
  const stays = (each: string) => staysAsItIs(each, stack, storage, kept)
  for (const configured of stack.disks) {
    const { stanza, disk } = configured
    if (disk.device === device) return stanza.isWhole || kept.wholes.has(device)
    const number = disk.table?.partitions.find(partition => partition.device === device)?.number
    if (number === undefined) continue
    const line = numberedVolumes(configured).find(each => each.number === number)
    return line === undefined ? kept.tables.has(disk.device) : kept.partitions.has(line.device)
  }
  const array = storage.arrays.find(each => arrayDevice(each.device) === arrayDevice(device))
  if (array !== undefined) {
    const configured = stack.arrays.find(each => foundArrayOf(each, storage.arrays) === array)
    if (configured !== undefined) return kept.arrays.has(configured.device)
    return [...array.members, ...array.spares].every(stays)
  }
  const mapping = storage.encrypted.find(each => each.device === device)
  if (mapping !== undefined) return stays(mapping.on) && stack.uses.get(mapping.on)?.kind !== 'crypt'
  return true
}
