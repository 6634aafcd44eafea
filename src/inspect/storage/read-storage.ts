import { readFile } from 'node:fs/promises'
import type { Storage } from '../../model/storage.ts'
import { readDiskNames, readLinks, readLoops } from './block-device.ts'
import { parseMounts, type UseTable } from './mounts.ts'
import { type Reading, readDisk } from './read-disk.ts'
import { readVirtual } from './virtual-devices.ts'

/** What is to be read, and with what. */
export type ReadStorageOptions = Pick<Reading, 'read' | 'signal'> & {
  /** Names of disks below `/dev`, as `disklist` has them; all disks of the machine where it is absent. */
  readonly diskNames?: readonly string[] | undefined
  readonly memoryBytes: number
}

/**
 * Reads the storage of this machine: sizes, holders and what the kernel knows from sysfs, tables from sfdisk, contents from
 * blkid, arrays from mdadm, volume groups from lvm. Changes nothing; needs root to read devices. Rejects with a
 * `SourceError` where a device or a program cannot be read.
 */
export const readStorage = async (options: ReadStorageOptions): Promise<Storage> => {
  const { read, signal, memoryBytes, diskNames = await readDiskNames() } = options
  const reading: Reading = { read, signal, uses: await readUses(), links: await readLinks() }
  const disks = await Promise.all(diskNames.map(name => readDisk(name, reading)))
  const sorted = disks.toSorted((a, b) => (a.disk.name < b.disk.name ? -1 : 1))
  return { memoryBytes, disks: sorted.map(({ disk }) => disk), ...(await readVirtual(sorted, reading)) }
}

/** What is mounted or swap now, and what loop devices lie on. */
export const readUses = async (): Promise<UseTable> => ({
  ...parseMounts(await readFile('/proc/self/mountinfo', 'utf8'), await readFile('/proc/swaps', 'utf8')),
  loops: await readLoops(),
})
