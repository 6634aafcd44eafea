import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SourceError } from '../../diagnostic/source-error.ts'

/** A block device as the kernel has it, whatever its file below `/dev` is called. */
export type BlockDevice = {
  /** The kernel's own name: `sda`, `loop3`, `dm-0`. */
  readonly name: string
  /** `MAJOR:MINOR`. */
  readonly devno: string
  readonly sizeBytes: number
  readonly sectorBytes: number
  readonly isReadOnly: boolean
  /** Kernel names of the devices that are built on it. */
  readonly holders: readonly string[]
  /** Kernel names of the devices that it is built on. */
  readonly slaves: readonly string[]
  readonly model?: string
  readonly serial?: string
  /** Partitions that the kernel knows, by number. */
  readonly partitions: ReadonlyMap<number, KernelPartition>
}

/** A partition that the kernel knows. */
export type KernelPartition = {
  readonly devno: string
  readonly holders: readonly string[]
  readonly startByte: number
  readonly sizeBytes: number
}

/** The kernel counts sizes and starts in units of this, whatever the sectors of the disk. */
const UNIT_BYTES = 512

/** `MAJOR:MINOR` of a device file; rejects with a `SourceError` where there is none (makedev(3) has the bits). */
export const devnoOf = async (path: string): Promise<string> => {
  const status = await stat(path, { bigint: true }).catch(cause => {
    throw new SourceError('there is no such device', { kind: 'device', path }, { cause })
  })
  if (!status.isBlockDevice()) throw new SourceError('is not a block device', { kind: 'device', path })
  const { rdev } = status
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn)
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn)
  return `${major}:${minor}`
}

/** Reads what the kernel says of a device in sysfs. */
export const readBlockDevice = async (devno: string): Promise<BlockDevice> => {
  const directory = await realpath(join('/sys/dev/block', devno))
  const number = async (file: string): Promise<number> => Number(await textOf(join(directory, file)))
  const [model, serial] = await Promise.all(
    ['device/model', 'serial', 'device/serial'].map(file => textOf(join(directory, file))),
  ).then(([model, own, other]) => [model, own || other])
  return {
    name: basename(directory),
    devno,
    sizeBytes: (await number('size')) * UNIT_BYTES,
    sectorBytes: (await number('queue/logical_block_size')) || UNIT_BYTES,
    isReadOnly: (await number('ro')) === 1,
    holders: await namesIn(join(directory, 'holders')),
    slaves: await namesIn(join(directory, 'slaves')),
    ...(model ? { model } : {}),
    ...(serial ? { serial } : {}),
    partitions: await readPartitions(directory),
  }
}

const readPartitions = async (directory: string): Promise<ReadonlyMap<number, KernelPartition>> => {
  const below = (await readdir(directory, { withFileTypes: true })).filter(entry => entry.isDirectory())
  const found = await Promise.all(
    below.map(async ({ name }): Promise<readonly (readonly [number, KernelPartition])[]> => {
      const number = await textOf(join(directory, name, 'partition'))
      if (number === '') return []
      const [devno = '', start, size] = await Promise.all(
        ['dev', 'start', 'size'].map(file => textOf(join(directory, name, file))),
      )
      const partition: KernelPartition = {
        devno,
        holders: await namesIn(join(directory, name, 'holders')),
        startByte: Number(start) * UNIT_BYTES,
        sizeBytes: Number(size) * UNIT_BYTES,
      }
      return [[Number(number), partition]]
    }),
  )
  return new Map(found.flat())
}

/** Never disks of their own: other kinds of block device, and the small areas that an eMMC has beside its disk. */
const NO_DISK = /^(?:loop|ram|zram|dm-|md|sr|fd|nbd|mtdblock)|^mmcblk\d+(?:boot\d+|rpmb)$/

/** Kernel names of the disks of this machine that have a size, sorted. */
export const readDiskNames = async (): Promise<readonly string[]> => {
  const names = (await namesIn('/sys/block')).filter(name => !NO_DISK.test(name))
  const sized = await Promise.all(
    names.map(async name => {
      const [size, hidden] = await Promise.all(
        ['size', 'hidden'].map(file => textOf(join('/sys/block', name, file))),
      )
      return Number(size) > 0 && hidden !== '1'
    }),
  )
  return names.filter((_, index) => sized[index])
}

/** The links below `/dev/disk` by the kernel's name of the device that they lead to. */
export const readLinks = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
  const folders = await namesIn('/dev/disk')
  const links = await Promise.all(
    folders.map(async folder => {
      const directory = join('/dev/disk', folder)
      return Promise.all(
        (await namesIn(directory)).map(async name => {
          const link = join(directory, name)
          return { link, to: basename(await readlink(link)) }
        }),
      )
    }),
  )
  return new Map(
    [...Map.groupBy(links.flat(), ({ to }) => to)].map(([to, found]) => [to, found.map(({ link }) => link)]),
  )
}

/** Kernel names of the loop devices that lie on a block device, by the number of that: the kernel names them nowhere. */
export const readLoops = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
  const names = (await namesIn('/sys/block')).filter(name => name.startsWith('loop'))
  const lying = await Promise.all(
    names.map(async name => {
      const file = await textOf(join('/sys/block', name, 'loop/backing_file'))
      return { name, on: file === '' ? undefined : await devnoOf(file).catch(() => undefined) }
    }),
  )
  return new Map(
    [...Map.groupBy(lying, ({ on }) => on ?? '')].map(([on, loops]) => [on, loops.map(({ name }) => name)]),
  )
}

const namesIn = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory).catch(() => [])).sort()

/** What a file of sysfs says; empty where the kernel has none. */
const textOf = async (path: string): Promise<string> => (await readFile(path, 'utf8').catch(() => '')).trim()
