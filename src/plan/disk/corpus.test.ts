import { readFileSync } from 'node:fs'
import t from 'tap'
import type { DiskConfig } from '../../language/disk-config.ts'
import { parseDiskConfig } from '../../language/disk-config-parse.ts'
import { DISK_CASES, type ExpectedDisks, readDiskCase } from '../../testing/disk-case.ts'
import { placedDevices } from './devices.ts'
import { renderFstab } from './fstab.ts'
import type { DiskLayout, Partition, StorageLayout } from './layout.ts'
import { optionValue, splitOptions } from './options.ts'
import { planStorage } from './storage-layout.ts'
import { type DiskVariables, diskVariables } from './variables.ts'

const MIB = 1024 ** 2

type Tap = Pick<typeof t, 'equal' | 'ok' | 'strictSame'>
type Extent = { device: string; start: number; size: number }

const commandsOf = ({ exec, plan }: ExpectedDisks): readonly string[] =>
  exec?.executed ?? plan?.dry_run_lines ?? []

/** Partitions in the order in which FAI made them, from the parted calls for its last table of each disk. */
const faiExtents = (expected: ExpectedDisks): Extent[] => {
  const byDisk = new Map<string, Extent[]>()
  for (const line of commandsOf(expected)) {
    const [, labelled] = /^parted -s (\S+) mklabel /.exec(line) ?? []
    if (labelled !== undefined) byDisk.set(labelled, [])
    const [, device, from, to] = /^parted -s (\S+) mkpart .* ([0-9.]+)B ([0-9.]+)B$/.exec(line) ?? []
    if (device === undefined) continue
    byDisk.get(device)?.push({ device, start: Number(from), size: Number(to) + 1 - Number(from) })
  }
  return [...byDisk.values()].flat()
}

const ourExtents = (layouts: readonly DiskLayout[]): Extent[] =>
  layouts.flatMap(({ device, partitions, keepsTable }) =>
    keepsTable
      ? []
      : partitions.map(({ startByte, sizeBytes }) => ({ device, start: startByte, size: sizeBytes })),
  )

const sorted = (extents: Extent[]): Extent[] =>
  [...extents].sort((a, b) =>
    a.device < b.device ? -1 : a.device > b.device ? 1 : a.start - b.start || b.size - a.size,
  )

const isNear = (have: number | undefined, want: number): boolean =>
  have !== undefined && Math.abs(have - want) <= MIB

const compareExtents = (t: Tap, { disks }: StorageLayout, expected: ExpectedDisks): void => {
  const wanted = sorted(faiExtents(expected))
  const got = sorted(ourExtents(disks))
  t.equal(got.length, wanted.length, 'as many partitions as FAI made')
  for (const [index, want] of wanted.entries()) {
    const have = got[index]
    t.ok(have?.device === want.device, `partition ${index} is on ${want.device}`)
    t.ok(isNear(have?.start, want.start), `start ${have?.start}, FAI's ${want.start}`)
    t.ok(isNear(have?.size, want.size), `size ${have?.size}, FAI's ${want.size}`)
  }
}

/** FAI marks partition 1 as ESP even where /boot/efi is another one; there ours is right instead (README). */
const compareTables = (t: Tap, { disks }: StorageLayout, { exec }: ExpectedDisks): void => {
  for (const { device, partitions } of disks) {
    const table = exec?.table?.[device.slice('/dev/'.length)]
    const hasEsp = partitions.some(({ volume, number }) => volume?.mountPoint === '/boot/efi' && number !== 1)
    for (const row of table?.partitions ?? []) {
      const partition = partitions.find(each => each.device === row.node)
      t.equal(partition?.name, row.name, `name of ${row.node}`)
      t.equal(partition?.active, row.bootable ?? false, `active flag of ${row.node}`)
      if (!hasEsp) t.equal(partition?.type, row.type.toUpperCase(), `type of ${row.node}`)
    }
    for (const partition of partitions) {
      const isKept = exec?.partition_kept_filesystem?.[partition.device]
      if (isKept !== undefined) t.equal(!partition.isFormatted, isKept, `${partition.device} stays`)
    }
  }
}

/** Logical volumes, arrays and mappings, by the calls that make them. */
const compareStacked = (t: Tap, layout: StorageLayout, expected: ExpectedDisks): void => {
  const volumes = layout.volumeGroups.flatMap(group => group.volumes)
  for (const line of commandsOf(expected)) {
    const [, name, mib, group] = /^lvcreate .*-n (\S+) -L ([0-9.]+) (\S+)$/.exec(line) ?? []
    if (name !== undefined) {
      const volume = volumes.find(({ device }) => device === `/dev/${group}/${name}`)
      t.ok(isNear(volume?.sizeBytes, Number(mib) * MIB), `size ${volume?.sizeBytes}, FAI's ${mib} MiB`)
    }
    const [, array, level, list = ''] =
      /^yes \| mdadm --create (\S+) --level=raid(\d+) .*-devices=\d+ (.*)$/.exec(line) ?? []
    if (array !== undefined) {
      const found = layout.arrays.find(({ device }) => device === array)
      t.equal(found?.volume.level, level)
      const members = [...(found?.members ?? []), ...(found?.spares ?? [])]
      t.strictSame([...members].sort(), list.trim().split(/ +/).sort(), `members of ${array}`)
    }
    const [, on, mapping] = /^cryptsetup luksOpen (\S+) (\S+) /.exec(line) ?? []
    if (mapping !== undefined) t.equal(layout.encrypted.find(each => each.on === on)?.name, mapping)
  }
}

const fstabRows = (text: string): string[] =>
  text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .sort()

const namesOf = ({ device, volume }: Partition) => {
  const options = splitOptions(volume?.createOptions ?? '', {}, { kind: 'file', path: '' }).value ?? []
  const label = optionValue(options, 'L')
  return { uuid: `<UUID:${device}>`, ...(label === undefined ? {} : { filesystemLabel: label }) }
}

const toShell = (variables: DiskVariables): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables)
      .filter(([name]) => name !== 'PHYSICAL_BOOT_DEVICES')
      .map(([name, value]) => [name, typeof value === 'string' ? value : value.join('')]),
  )

const shellVariables = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^(\w+)=\$\{\w+:-"?(.*?)"?\}$/gm)].map(match => [match[1], match[2]]))

const compareFiles = (
  t: Tap,
  layout: StorageLayout,
  config: DiskConfig,
  { exec, plan }: ExpectedDisks,
): void => {
  const devices = layout.disks.flatMap(disk => placedDevices(disk, namesOf))
  const fstab = exec?.files?.fstab ?? plan?.fstab ?? ''
  t.strictSame(fstabRows(renderFstab(devices, config.tmpfs)), fstabRows(fstab))
  const script = exec?.files?.['disk_var.sh']
  const variables = script === undefined ? (plan?.disk_var ?? {}) : shellVariables(script)
  t.strictSame(toShell(diskVariables(devices, [])), variables)
}

/** `fstab` and variables know plain partitions only. */
const isPlain = ({ arrays, btrfs, encrypted, volumeGroups, nfs, disks }: DiskConfig): boolean =>
  [...arrays, ...btrfs, ...encrypted, ...volumeGroups, ...nfs].length === 0 &&
  disks.every(({ volumes }) =>
    volumes.every(
      ({ kind, encrypt, filesystem }) => kind !== 'raw-disk' && !encrypt && filesystem !== 'btrfs',
    ),
  )

/** Rows of a README whose first cell is a case: the case, and the cell behind it without quotes. */
const casesOf = (path: string): ReadonlyMap<string, string> =>
  new Map(
    [
      ...readFileSync(new URL(path, import.meta.url), 'utf8').matchAll(/^\| (\d+-[\w-]+) \| `?(.*?)`? \|/gm),
    ].map(match => [`${match[1]}.cfg`, match[2] ?? '']),
  )

/** FAI refuses their form only. */
const OTHER_FORM = casesOf('../../language/README.md')
/** FAI's result loses data: the code with which they are refused here. */
const REFUSED = casesOf('../README.md')

const counts = { compared: 0, rejected: 0, parsed: 0, different: 0 }

t.ok(DISK_CASES.length > 90, `the corpus beside the repository has ${DISK_CASES.length} cases`)

for (const file of DISK_CASES) {
  t.test(file, async t => {
    const { text, storage, options, expected } = readDiskCase(file)
    const { value: config, diagnostics } = parseDiskConfig(text, file)
    if (expected.mode === 'syntax' && expected.status === 'ok') {
      counts.parsed++
      t.strictSame(diagnostics, [])
      return
    }
    const plan = config && planStorage(config, storage, options)
    const faults = [...diagnostics, ...(plan?.diagnostics ?? [])].filter(
      ({ severity }) => severity === 'error',
    )
    const codes = faults.map(({ code }) => code)
    if (OTHER_FORM.has(file) || REFUSED.has(file)) {
      counts.different++
      t.equal(expected.status, OTHER_FORM.has(file) ? 'error' : 'ok', 'FAI does it the other way')
      t.strictSame(codes, OTHER_FORM.has(file) ? [] : [REFUSED.get(file)])
    } else if (expected.status === 'error') {
      counts.rejected++
      t.ok(faults.length > 0, 'FAI refuses it, and so do we')
    } else {
      counts.compared++
      t.strictSame(faults, [])
      if (config === undefined || plan?.value === undefined) return
      compareExtents(t, plan.value, expected)
      compareTables(t, plan.value, expected)
      compareStacked(t, plan.value, expected)
      if (isPlain(config)) compareFiles(t, plan.value, config, expected)
    }
  })
}

t.test('every case is compared or rejected', async t => {
  t.comment(JSON.stringify(counts))
  t.equal(
    Object.values(counts).reduce((total, count) => total + count, 0),
    DISK_CASES.length,
  )
  t.ok(counts.compared >= 50, 'most of them are compared')
})
