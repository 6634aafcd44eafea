import t from 'tap'
import { parseDiskConfig } from './disk-config-parse.ts'

const keep = (volume: { preserve?: string; resize?: boolean; alwaysFormat?: boolean }): string =>
  [volume.preserve, volume.resize && 'resize', volume.alwaysFormat && 'format'].filter(Boolean).join(' ') ||
  '-'

/** Options of a disk with a primary and two logical partitions, 1, 5 and 6; what becomes of each of them. */
const disks: Record<string, { options: string; sizes?: readonly string[]; want: readonly string[] }> = {
  'nothing is kept': { options: '', want: ['-', '-', '-'] },
  'lists of numbers': {
    options: 'preserve_always:1,6 always_format:6',
    want: ['always', '-', 'always format'],
  },
  'lists add up': {
    options: 'preserve_always:1 resize:5 preserve_always:5',
    want: ['always', 'always resize', '-'],
  },
  'the last that names a volume wins': {
    options: 'preserve_lazy:1,5 preserve_reinstall:5',
    want: ['lazy', 'reinstall', '-'],
  },
  'a name wins over all': {
    options: 'preserve_lazy:5 preserve_always:all',
    want: ['always', 'lazy', 'always'],
  },
  'always wins over lazy for all': {
    options: 'preserve_lazy:all preserve_always:all',
    want: ['always', 'always', 'always'],
  },
  'a suffix wins over a name': {
    options: 'preserve_always:1,5',
    sizes: ['1G:preserve_lazy', '1G:resize', '1G:preserve_reinstall'],
    want: ['lazy', 'always resize', 'reinstall'],
  },
  'resize and format of all': {
    options: 'resize:all always_format:all',
    want: ['resize format', 'resize format', 'resize format'],
  },
  'zeros in front': { options: 'preserve_always:01', want: ['always', '-', '-'] },
}

for (const [name, { options, sizes = ['1G', '1G', '1G'], want }] of Object.entries(disks)) {
  t.test(name, async t => {
    const lines = sizes.map((size, index) => `${index === 0 ? 'primary' : 'logical'} - ${size} - -\n`)
    const { value, diagnostics } = parseDiskConfig(`disk_config disk1 ${options}\n${lines.join('')}`, 'CLASS')
    t.strictSame(diagnostics, [])
    t.strictSame(value?.disks[0]?.volumes.map(keep), want)
  })
}

t.test('only "all" keeps the table too', async t => {
  const of = (options: string) => parseDiskConfig(`disk_config disk1 ${options}\nprimary - 1G - -\n`, 'CLASS')
  t.equal(of('preserve_reinstall:all').value?.disks[0]?.preserveAll, 'reinstall')
  t.notOk('preserveAll' in (of('preserve_always:1').value?.disks[0] ?? {}))
})

t.test('raw-disk is number 0', async t => {
  const { value } = parseDiskConfig('disk_config disk1 preserve_always:0\nraw-disk / 0 ext4 rw\n', 'CLASS')
  t.equal(value?.disks[0]?.volumes[0]?.preserve, 'always')
})

t.test('arrays are numbered through all stanzas, and "all" is all of one', async t => {
  const text = `disk_config raid preserve_lazy:all preserve_always:1
raid1 - sda1,sdb1 - -
disk_config raid always_format:0
raid1 - sda2,sdb2 - -
raid1 - sda3,sdb3 - -
`
  const { value, diagnostics } = parseDiskConfig(text, 'CLASS')
  t.strictSame(diagnostics, [])
  t.strictSame(value?.arrays.map(keep), ['lazy format', 'always', '-'])
})

t.test('logical volumes are kept by name', async t => {
  const text = `disk_config lvm preserve_always:a-x,b-x resize:b-x
vg a sda1
a-x - 1G - -
a-y - 1G:preserve_lazy - -
disk_config lvm always_format:all
vg b sdb1
b-x - 1G - -
`
  const { value, diagnostics } = parseDiskConfig(text, 'CLASS')
  t.strictSame(diagnostics, [])
  t.strictSame(
    value?.volumeGroups.flatMap(({ volumes }) => volumes.map(keep)),
    ['always', 'lazy', 'always resize format'],
  )
})
