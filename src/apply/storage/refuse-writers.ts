import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { devnoOf, readBlockDevice } from '../../inspect/storage/block-device.ts'
import { partitionDevice } from '../../model/storage.ts'
import type { StorageStep } from '../../plan/disk/storage-plan.ts'
import { RefusedError } from '../apply-error.ts'

/**
 * Rejects where a process may write to a disk of the steps, or to a partition of it: it may be the `mkfs` of a run that was
 * killed, which goes on alone.
 */
export const refuseWriters = async (steps: readonly StorageStep[]): Promise<void> => {
  const devices = new Map<string, string>()
  for (const disk of new Set(steps.flatMap(({ disks }) => disks))) {
    const { devno, partitions } = await readBlockDevice(await devnoOf(disk))
    devices.set(devno, disk)
    for (const [number, partition] of partitions) devices.set(partition.devno, partitionDevice(disk, number))
  }
  const pids = (await namesIn('/proc')).filter(name => /^\d+$/.test(name))
  const found = (await Promise.all(pids.map(pid => writtenBy(pid, devices)))).flat()
  if (found.length > 0) throw new RefusedError(`in use: ${found.join('; ')}; wait for its end, or end it`)
}

/** A process may end while it is looked at: then it writes nothing. */
const writtenBy = async (pid: string, devices: ReadonlyMap<string, string>): Promise<readonly string[]> => {
  const directory = join('/proc', pid)
  const numbers = await namesIn(join(directory, 'fd'))
  const written = await Promise.all(
    numbers.map(async number => {
      const devno = await devnoOf(join(directory, 'fd', number)).catch(() => undefined)
      const device = devno === undefined ? undefined : devices.get(devno)
      if (device === undefined) return []
      return isWritable(await textOf(join(directory, 'fdinfo', number))) ? [device] : []
    }),
  )
  const name = (await textOf(join(directory, 'comm'))).trim()
  return [...new Set(written.flat())].map(device => `${device} is written to by process ${pid} (${name})`)
}

/** `flags` of fdinfo are octal, as of open(2); the last two bits are 0 where it may only be read (proc(5)). Pure. */
export const isWritable = (fdinfo: string): boolean => {
  const flags = /^flags:\s*([0-7]+)$/m.exec(fdinfo)?.[1]
  return flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0
}

const namesIn = (directory: string): Promise<readonly string[]> => readdir(directory).catch(() => [])

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
