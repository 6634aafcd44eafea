import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type {
  FoundArray,
  FoundContent,
  FoundDisk,
  FoundGroup,
  FoundPartition,
  FoundTable,
  Storage,
} from '../model/storage.ts'
import type { LayoutOptions } from '../plan/disk/storage-layout.ts'

/** Cases of FAI's own tools: a configuration, the disks it is for, and what FAI made of it. */
const CORPUS = new URL('../../../shared/corpus/disk_config/', import.meta.url)

/** Names of the configurations of the corpus beside the repository, sorted; none where it is not there. */
export const DISK_CASES: readonly string[] = existsSync(CORPUS)
  ? readdirSync(CORPUS)
      .filter(file => file.endsWith('.cfg'))
      .sort()
  : []

/** A table as `sfdisk -J` shows it. */
export type SfdiskTable = {
  readonly label: string
  readonly sectorsize?: number
  readonly partitions?: readonly {
    readonly node: string
    readonly start: number
    readonly size: number
    readonly type: string
    readonly name?: string
    readonly uuid?: string
    readonly attrs?: string
    readonly bootable?: boolean
  }[]
}

/** What `blkid` says of a device, and of an ext `dumpe2fs`, of a btrfs `btrfs`. */
export type ExpectedFilesystem = {
  readonly type?: string
  readonly label?: string
  readonly pttype?: string
  readonly ext?: Readonly<Record<string, string>>
  readonly subvolumes?: readonly string[]
}

/** A command of FAI with what it needs and what it provides. */
export type ExpectedCommand = {
  readonly cmd: string
  readonly pre: readonly string[]
  readonly post: readonly string[]
}

/** What FAI made of a case, as far as a test reads it. */
export type ExpectedDisks = {
  readonly status: string
  readonly mode: string
  readonly memtotal_kb?: number
  readonly env?: Readonly<Record<string, string>>
  readonly initial?: {
    readonly facts?: Readonly<Record<string, { readonly bios_geometry_chs?: string }>>
    readonly filesystems?: Readonly<Record<string, ExpectedFilesystem>>
    readonly table?: Readonly<Record<string, SfdiskTable>>
  }
  readonly plan?: {
    readonly dry_run_lines?: readonly string[]
    readonly commands?: readonly ExpectedCommand[]
    readonly crypttab?: readonly string[]
    readonly fstab?: string
    readonly disk_var?: Readonly<Record<string, string>>
  }
  readonly exec?: {
    readonly commands?: readonly ExpectedCommand[]
    readonly executed?: readonly string[]
    readonly files?: { readonly fstab?: string; readonly 'disk_var.sh'?: string }
    readonly table?: Readonly<Record<string, SfdiskTable>>
    readonly filesystems?: Readonly<Record<string, ExpectedFilesystem>>
    readonly partition_kept_filesystem?: Readonly<Record<string, boolean>>
  }
}

/** A case with the machine that it is for. */
export type DiskCase = {
  /** Its path. */
  readonly path: string
  readonly text: string
  /** Shell commands that make such a machine of empty disks; `udevsettle` is one of their words. */
  readonly firstCommands: readonly string[]
  readonly storage: Storage
  readonly options: LayoutOptions
  readonly expected: ExpectedDisks
}

/** Reads a case of the corpus; `file` is one of `DISK_CASES`. */
export const readDiskCase = (file: string): DiskCase => {
  const text = readFileSync(new URL(file, CORPUS), 'utf8')
  const answer = readFileSync(new URL(file.replace('.cfg', '.expected.json'), CORPUS), 'utf8')
  const expected: ExpectedDisks = JSON.parse(answer)
  const settings = (key: string) =>
    [...text.matchAll(new RegExp(`^#@ ${key}: *(.*)$`, 'gm'))].map(match => match[1]?.trim() ?? '')
  const disklist = settings('disklist')[0]?.split(/ +/)
  const storage: Storage = {
    memoryBytes: (expected.memtotal_kb ?? 8388608) * 1024,
    disks: (settings('disks')[0] ?? '').split(/ +/).map(word => toFoundDisk(word, expected)),
    arrays: toFoundArrays(settings('stub-mdadm').join('\n')),
    volumeGroups: toFoundGroups(settings('pre').join(';')),
    encrypted: [],
  }
  const isInitial = (expected.env?.['flag_initial'] ?? '') !== ''
  const options = { isInitial, ...(disklist && { disklist }) }
  const firstCommands = [
    ...storage.disks.flatMap(disk => labelCommand(disk, settings('label')[0])),
    ...settings('pre'),
  ]
  return { path: fileURLToPath(new URL(file, CORPUS)), text, firstCommands, storage, options, expected }
}

/** FAI's own tests began with an msdos table unless a case says otherwise. */
const labelCommand = ({ name, device }: FoundDisk, labels = ''): readonly string[] => {
  const [, label = 'msdos'] = new RegExp(`\\b${name}=(\\w+)`).exec(labels) ?? []
  return label === 'none' ? [] : [`parted -s ${device} mklabel ${label}`]
}

const IDLE = { mountPoints: [], holders: [] } as const
const UNITS: Readonly<Record<string, number>> = { M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

const toFoundDisk = (word: string, { initial }: ExpectedDisks): FoundDisk => {
  const [, name = '', count = '0', unit = '', sector = '512'] =
    /^(\w+)=(\d+)([MGT])(?:,(\d+))?$/.exec(word) ?? []
  const [, heads, sectors] = (initial?.facts?.[name]?.bios_geometry_chs ?? '').split(',').map(Number)
  const table = initial?.table?.[name]
  const device = `/dev/${name}`
  const content = contentOf(device, initial)
  return {
    ...IDLE,
    name,
    device,
    links: [],
    sizeBytes: Number(count) * (UNITS[unit] ?? 0),
    sectorBytes: Number(sector),
    isReadOnly: false,
    ...(heads && sectors ? { geometry: { heads, sectors } } : {}),
    ...(table ? { table: toFoundTable(table, Number(sector), initial) } : {}),
    ...(content && { content }),
  }
}

const toFoundTable = (
  table: SfdiskTable,
  sectorBytes: number,
  initial: ExpectedDisks['initial'],
): FoundTable => ({
  format: table.label === 'gpt' ? 'gpt' : 'dos',
  partitions: (table.partitions ?? []).map((row): FoundPartition => {
    const number = Number(/[0-9]+$/.exec(row.node)?.[0])
    const content = contentOf(row.node, initial)
    const isExtended = table.label === 'dos' && /^(5|f|85)$/.test(row.type)
    return {
      ...IDLE,
      number,
      device: row.node,
      kind: isExtended ? 'extended' : table.label === 'dos' && number > 4 ? 'logical' : 'primary',
      startByte: row.start * sectorBytes,
      sizeBytes: row.size * sectorBytes,
      type: row.type.toUpperCase(),
      ...(row.name === undefined ? {} : { name: row.name }),
      isActive: row.bootable ?? false,
      ...(content && { content }),
    }
  }),
})

const contentOf = (device: string, initial: ExpectedDisks['initial']): FoundContent | undefined => {
  const { type, label } = initial?.filesystems?.[device] ?? {}
  return type === undefined
    ? undefined
    : { type, uuid: `<UUID:${device}>`, ...(label === undefined ? {} : { label }) }
}

/** Arrays that the stand-in for mdadm of a case reports. */
const toFoundArrays = (script: string): readonly FoundArray[] =>
  [...script.matchAll(/ARRAY (\S+) level=raid(\d+).*? devices=([^\s\\']+)/gs)].map(
    ([, device = '', level = '', members = '']) => ({
      ...IDLE,
      device,
      level,
      isRunning: false,
      members: members.split(','),
      spares: [],
    }),
  )

/** Volume groups that the commands before a case make. */
const toFoundGroups = (script: string): readonly FoundGroup[] =>
  [...script.matchAll(/vgcreate (\S+) ([^;&]+)/g)].map(([, name = '', devices = '']) => ({
    name,
    sizeBytes: 0,
    extentBytes: 4 * 1024 ** 2,
    physicalVolumes: devices.trim().split(/ +/),
    volumes: [...script.matchAll(/lvcreate [^;&]*-n (\S+) -L (\d+)([MG]) ([^\s;]+)/g)]
      .filter(match => match[4] === name)
      .map(([, volume = '', count, unit = '']) => ({
        ...IDLE,
        name: volume,
        device: `/dev/${name}/${volume}`,
        sizeBytes: Number(count) * (UNITS[unit] ?? 0),
        isActive: false,
      })),
  }))
