import { readFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { isDirectory, namesIn } from './folder.ts'

/** A disk as the kernel describes it. */
export type Disk = {
  readonly name: string
  readonly sizeBytes: number
  readonly model: string
  readonly serial: string
}

/** What the kernel says of a machine. */
export type Hardware = {
  /** Files of `/sys/class/dmi/id`, by name. */
  readonly dmi: Readonly<Record<string, string>>
  /** `/proc/cpuinfo`. */
  readonly cpuinfo: string
  readonly memoryBytes: number
  readonly disks: readonly Disk[]
  readonly firmware: 'EFI' | 'BIOS'
}

/** What the kernel says of board, processors, memory, disks and firmware of this machine. */
export const readHardware = async (): Promise<Hardware> => ({
  dmi: await readDmi('/sys/class/dmi/id'),
  cpuinfo: await textOf('/proc/cpuinfo'),
  memoryBytes: totalmem(),
  disks: await readDisks('/sys/block'),
  firmware: (await isDirectory('/sys/firmware/efi')) ? 'EFI' : 'BIOS',
})

const readDmi = async (folder: string): Promise<Record<string, string>> => {
  const values: Record<string, string> = {}
  for (const name of await namesIn(folder)) values[name] = await textOf(join(folder, name))
  return values
}

const SECTOR_BYTES = 512

/** Disks with a device behind them: no loop devices, arrays or memory. */
const readDisks = async (folder: string): Promise<readonly Disk[]> => {
  const disks: Disk[] = []
  for (const name of await namesIn(folder)) {
    const read = (file: string): Promise<string> => textOf(join(folder, name, file))
    const isReal = (await isDirectory(join(folder, name, 'device'))) && !name.startsWith('sr')
    if (!isReal) continue
    const sizeBytes = Number(await read('size')) * SECTOR_BYTES
    disks.push({ name, sizeBytes, model: await read('device/model'), serial: await read('device/serial') })
  }
  return disks
}

/** What nobody may read, or is a folder, has no text. */
const textOf = async (path: string): Promise<string> => (await readFile(path, 'utf8').catch(() => '')).trim()
