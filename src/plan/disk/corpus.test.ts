import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import type { DiskConfig } from '../../language/disk-config.ts'
import { parseDiskConfig } from '../../language/disk-config-parse.ts'
import { placedDevices } from './devices.ts'
import { type DiskMachine, planDisks } from './disks.ts'
import { renderFstab } from './fstab.ts'
import { checkImageSupport } from './image-support.ts'
import type { DiskLayout, Partition } from './layout.ts'
import { optionValue, splitOptions } from './options.ts'
import { type DiskVariables, diskVariables } from './variables.ts'

/** Cases of FAI's own tools: a configuration, the disks it is for, and what FAI made of it. */
const CORPUS = new URL('../../../../shared/corpus/disk_config/', import.meta.url)
const MIB = 1024 ** 2

type Expected = {
  status: string
  memtotal_kb?: number
  mode: string
  plan?: { dry_run_lines?: string[]; fstab?: string; disk_var?: Record<string, string> }
  exec?: {
    executed?: string[]
    files?: { fstab?: string; 'disk_var.sh'?: string }
    table?: Record<string, { partitions?: { node: string; name?: string; type: string }[] }>
  }
}

const readCase = (file: string): { text: string; machine: DiskMachine; expected: Expected } => {
  const text = readFileSync(new URL(file, CORPUS), 'utf8')
  const expected: Expected = JSON.parse(
    readFileSync(new URL(file.replace('.cfg', '.expected.json'), CORPUS), 'utf8'),
  )
  const setting = (key: string) => new RegExp(`^#@ ${key}: *(.*)$`, 'm').exec(text)?.[1]?.trim()
  const found = (setting('disks') ?? '').split(/ +/).map(word => {
    const [, name = '', count = '0', unit = '', sector] = /^(\w+)=(\d+)([GT])(?:,(\d+))?$/.exec(word) ?? []
    const sizeBytes = Number(count) * 1024 ** (unit === 'T' ? 4 : 3)
    return { name, sizeBytes, sectorBytes: Number(sector ?? 512) }
  })
  const order = setting('disklist')?.split(/ +/)
  const disks = order?.flatMap(name => found.filter(disk => disk.name === name)) ?? found
  return { text, machine: { disks, memoryBytes: (expected.memtotal_kb ?? 8388608) * 1024 }, expected }
}

type Extent = { device: string; start: number; size: number }

/** Partitions in the order in which FAI made them, from its parted calls. */
const faiExtents = (expected: Expected): Extent[] =>
  (expected.exec?.executed ?? expected.plan?.dry_run_lines ?? []).flatMap(line => {
    const match = /^parted -s (\S+) mkpart .* ([0-9.]+)B ([0-9.]+)B$/.exec(line)
    if (match === null) return []
    const start = Number(match[2])
    return [{ device: match[1] as string, start, size: Number(match[3]) + 1 - start }]
  })

const byDevice = (layouts: readonly DiskLayout[]): Extent[] =>
  layouts.flatMap(({ device, partitions }) =>
    partitions.map(({ startByte, sizeBytes }) => ({ device, start: startByte, size: sizeBytes })),
  )

const sorted = (extents: Extent[]): Extent[] =>
  [...extents].sort((a, b) =>
    a.device < b.device ? -1 : a.device > b.device ? 1 : a.start - b.start || b.size - a.size,
  )

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

const compare = (t: Tap, config: DiskConfig, machine: DiskMachine, expected: Expected): void => {
  const { value: layouts, diagnostics } = planDisks(config, machine)
  t.strictSame(diagnostics, [])
  if (layouts === undefined) return
  const wanted = sorted(faiExtents(expected))
  const got = sorted(byDevice(layouts))
  t.equal(got.length, wanted.length, 'as many partitions as FAI made')
  for (const [index, want] of wanted.entries()) {
    const have = got[index]
    t.ok(have && have.device === want.device, `partition ${index} is on ${want.device}`)
    t.ok(have && Math.abs(have.start - want.start) <= MIB, `start ${have?.start}, FAI's ${want.start}`)
    t.ok(have && Math.abs(have.size - want.size) <= MIB, `size ${have?.size}, FAI's ${want.size}`)
  }
  const devices = layouts.flatMap(layout => placedDevices(layout, namesOf))
  const fstab = expected.exec?.files?.fstab ?? expected.plan?.fstab ?? ''
  t.strictSame(fstabRows(renderFstab(devices, config.tmpfs)), fstabRows(fstab))
  const script = expected.exec?.files?.['disk_var.sh']
  const variables = script === undefined ? (expected.plan?.disk_var ?? {}) : shellVariables(script)
  t.strictSame(toShell(diskVariables(devices, [])), variables)
  compareTypes(t, layouts, expected)
}

/** FAI marks partition 1 as ESP even where /boot/efi is another one; there ours is right instead (README). */
const compareTypes = (t: Tap, layouts: readonly DiskLayout[], expected: Expected): void => {
  for (const { device, partitions } of layouts) {
    const table = expected.exec?.table?.[device.slice('/dev/'.length)]
    const hasEsp = partitions.some(({ volume, number }) => volume?.mountPoint === '/boot/efi' && number !== 1)
    for (const row of table?.partitions ?? []) {
      const partition = partitions.find(each => each.device === row.node)
      t.equal(partition?.name, row.name, `name of ${row.node}`)
      if (!hasEsp) t.equal(partition?.type, row.type.toUpperCase(), `type of ${row.node}`)
    }
  }
}

type Tap = Pick<typeof t, 'equal' | 'ok' | 'strictSame'>

const files = existsSync(CORPUS) ? readdirSync(CORPUS).filter(file => file.endsWith('.cfg')) : []
const counts = { compared: 0, unsupported: 0, rejected: 0, accepted: 0 }

/** Cases that are accepted here, from the table of the language. */
const FORM_ONLY = [
  ...readFileSync(new URL('../../language/README.md', import.meta.url), 'utf8').matchAll(
    /^\| (\d+-[\w-]+) \|/gm,
  ),
].map(match => match[1] ?? '')

t.ok(files.length > 90, `the corpus beside the repository has ${files.length} cases`)

for (const file of files.sort()) {
  t.test(file, async t => {
    const { text, machine, expected } = readCase(file)
    const { value: config, diagnostics } = parseDiskConfig(text, file)
    const [unsupported] = config === undefined ? [] : checkImageSupport(config)
    if (unsupported !== undefined) {
      counts.unsupported++
      t.match(unsupported, { code: 'disk-config-unsupported', origin: { path: file, line: Number } })
      return
    }
    if (FORM_ONLY.includes(file.replace('.cfg', ''))) {
      counts.accepted++
      t.equal(expected.status, 'error')
      t.ok(config !== undefined && planDisks(config, machine).value, 'FAI trips over its form only')
      return
    }
    if (expected.status === 'error') {
      counts.rejected++
      const faults = config === undefined ? diagnostics : planDisks(config, machine).diagnostics
      t.ok(faults.length > 0, 'FAI refuses it, and so do we')
      return
    }
    t.strictSame(diagnostics, [])
    counts.compared++
    if (config !== undefined) compare(t, config, machine, expected)
  })
}

t.test('every case is compared or rejected', async t => {
  t.comment(
    `${counts.compared} compared, ${counts.unsupported} not supported yet, ${counts.rejected} refused as FAI does, ${counts.accepted} of another form`,
  )
  t.equal(counts.compared + counts.unsupported + counts.rejected + counts.accepted, files.length)
  t.equal(counts.accepted, FORM_ONLY.length)
  t.ok(counts.compared >= 20, 'the common forms are compared')
})
