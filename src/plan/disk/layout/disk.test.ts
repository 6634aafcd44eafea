import fc from 'fast-check'
import t from 'tap'
import { parseDiskConfig } from '../../../language/disk-config-parse.ts'
import { foundDisk, storageOf } from '../../../testing/found-storage.ts'
import { holds } from '../../../testing/property.ts'
import { planStorage } from '../storage-layout.ts'

const MIB = 1024 ** 2
const machine = (sizeBytes: number, ...names: string[]) =>
  storageOf(names.map(name => foundDisk(name, sizeBytes / MIB)))

const codesOf = (text: string, sizeBytes: number, ...names: string[]): string[] => {
  const { value } = parseDiskConfig(text, 'CLASS')
  return value === undefined
    ? ['parse']
    : planStorage(value, machine(sizeBytes, ...names), { isInitial: false }).diagnostics.map(d => d.code)
}

const cases: Record<string, { text: string; want: string[] }> = {
  'a disk that is not there': { text: 'disk_config disk2\nprimary / 1G ext4 rw\n', want: ['disk-not-found'] },
  'one disk by two names': {
    text: 'disk_config disk1\nprimary / 1G ext4 rw\ndisk_config sda\nprimary /b 1G ext4 rw\n',
    want: ['disk-config-invalid'],
  },
  'a partition that is larger than the disk': {
    text: 'disk_config sda\nprimary / 10G ext4 rw\n',
    want: ['disk-too-small'],
  },
  'a lower end that is larger than the disk, and so above its upper end': {
    text: 'disk_config sda\nprimary / 10G- ext4 rw\n',
    want: ['disk-too-small'],
  },
  'partitions that are together larger': {
    text: 'disk_config sda\nprimary / 3G ext4 rw\nprimary /b 3G ext4 rw\n',
    want: ['disk-too-small'],
  },
  'nothing left for a range from none': {
    text: 'disk_config sda\nprimary / 100% ext4 rw\nprimary /b 0- ext4 rw\n',
    want: ['disk-too-small'],
  },
  'a range the wrong way round': {
    text: 'disk_config sda\nprimary / 2G-1% ext4 rw\n',
    want: ['disk-config-invalid'],
  },
  'an alignment that is no multiple of a sector': {
    text: 'disk_config sda align-at:1000B\nprimary / 1G ext4 rw\n',
    want: ['disk-config-invalid'],
  },
}

for (const [name, { text, want }] of Object.entries(cases)) {
  t.test(name, async t => t.strictSame(codesOf(text, 4096 * MIB, 'sda'), want))
}

t.test('a percentage of a disk that is too small is still an error, not a crash', async t => {
  t.strictSame(codesOf('disk_config sda\nprimary / 50% ext4 rw\n', MIB, 'sda'), ['disk-too-small'])
})

t.test('an msdos table ends at sector 4294967295', async t => {
  t.strictSame(codesOf('disk_config sda\nprimary / 3T ext4 rw\n', 4 * MIB ** 2, 'sda'), [
    'disk-config-invalid',
  ])
})

const size = fc.oneof(
  fc.integer({ min: 1, max: 900 }).map(mib => `${mib}`),
  fc
    .tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 400, max: 2000 }))
    .map(([low, high]) => `${low}-${high}`),
  fc.integer({ min: 0, max: 40 }).map(percent => `${percent}%-`),
  fc.constantFrom('0-', '-300', '33%', 'RAM:5%', '12345678B', '1GB'),
)
const table = fc.record({
  kind: fc.constantFrom('msdos', 'gpt', 'gpt-bios'),
  align: fc.constantFrom('', ' align-at:4k', ' align-at:1M'),
  primary: fc.array(size, { minLength: 1, maxLength: 3 }),
  logical: fc.array(size, { maxLength: 4 }),
  diskMib: fc.integer({ min: 1, max: 5000 }),
})

t.test('extents never overlap, never leave the disk, and lie on the alignment', async t => {
  const property = fc.property(table, ({ kind, align, primary, logical, diskMib }) => {
    const lines = primary.map((text, index) => `primary /p${index} ${text} ext4 rw\n`)
    if (kind === 'msdos') lines.push(...logical.map((text, index) => `logical /l${index} ${text} ext4 rw\n`))
    const config = parseDiskConfig(`disk_config sda disklabel:${kind}${align}\n${lines.join('')}`, 'CLASS')
    if (config.value === undefined) throw new Error(JSON.stringify(config.diagnostics))
    const sizeBytes = diskMib * MIB
    const { value, diagnostics } = planStorage(config.value, machine(sizeBytes, 'sda'), {
      isInitial: false,
    })
    if (value === undefined) return diagnostics.length > 0
    const tail = kind === 'msdos' ? 0 : 33 * 512
    const step = align.endsWith('1M') ? MIB : align.endsWith('4k') ? 4096 : 512
    const extents = (value.disks[0]?.partitions ?? []).filter(({ kind: each }) => each !== 'extended')
    const inOrder = [...extents].sort((left, right) => left.startByte - right.startByte)
    return inOrder.every((extent, index) => {
      const before = inOrder[index - 1]
      const free = before === undefined ? MIB : before.startByte + before.sizeBytes
      const end = extent.startByte + extent.sizeBytes
      return (
        extent.startByte >= free &&
        extent.sizeBytes > 0 &&
        end <= sizeBytes - tail &&
        extent.startByte % step === 0 &&
        end % step === 0
      )
    })
  })
  holds(t, property, { numRuns: 300 })
})

t.test('the extended partition holds all logical ones and nothing else', async t => {
  const property = fc.property(fc.array(size, { minLength: 1, maxLength: 5 }), sizes => {
    const lines = sizes.map((text, index) => `logical /l${index} ${text} ext4 rw\n`).join('')
    const config = parseDiskConfig(
      `disk_config sda\nprimary / 100 ext4 rw\n${lines}primary /z 50 ext4 rw\n`,
      'C',
    )
    const partitions =
      (config.value &&
        planStorage(config.value, machine(8192 * MIB, 'sda'), { isInitial: false }).value?.disks[0]
          ?.partitions) ??
      []
    const extended = partitions.find(({ kind }) => kind === 'extended')
    if (extended === undefined) return true
    const end = extended.startByte + extended.sizeBytes
    return partitions.every(({ kind, startByte, sizeBytes }) => {
      if (kind === 'extended') return true
      const isInside = startByte > extended.startByte && startByte + sizeBytes <= end
      const isOutside = startByte + sizeBytes <= extended.startByte || startByte >= end
      return kind === 'logical' ? isInside : isOutside
    })
  })
  holds(t, property, { numRuns: 100 })
})
