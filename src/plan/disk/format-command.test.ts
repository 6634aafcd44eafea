import t from 'tap'
import { parseDiskConfig } from '../../language/disk-config-parse.ts'
import { formatCommands } from './format-command.ts'

const UUID = '0a1b2c3d-1111-4222-8333-444455556666'
const OTHER = '99999999-1111-4222-8333-444455556666'
const input = { device: { device: 'p1' }, uuid: UUID, variables: { OTHER } }
const P1 = { device: 'p1' }

const format = (columns: string) => {
  const { value } = parseDiskConfig(`disk_config disk1\nprimary ${columns}\n`, 'CLASS')
  const volume = value?.disks[0]?.volumes[0]
  if (volume === undefined) throw new Error(`the case "${columns}" does not parse`)
  return formatCommands(volume, input)
}

const cases: Record<string, { commands: unknown[]; want: object }> = {
  '/ 1G ext4 rw': { commands: [['mkfs.ext4', '-U', UUID, P1]], want: { type: 'ext4', uuid: UUID } },
  '/ 1G ext4 rw createopts="-L root -U ${OTHER}"': {
    commands: [['mkfs.ext4', '-L', 'root', '-U', OTHER, P1]],
    want: { type: 'ext4', uuid: OTHER, filesystemLabel: 'root' },
  },
  '/ 1G ext2 rw createopts="-m 0" tuneopts="-c 0 -i 0"': {
    commands: [
      ['mkfs.ext2', '-m', '0', '-U', UUID, P1],
      ['tune2fs', '-c', '0', '-i', '0', P1],
    ],
    want: { type: 'ext2', uuid: UUID },
  },
  'swap 1G swap sw': { commands: [['mkswap', '-U', UUID, P1]], want: { type: 'swap', uuid: UUID } },
  '/ 1G xfs rw createopts="-L data"': {
    commands: [['mkfs.xfs', '-L', 'data', '-m', `uuid=${UUID}`, '-f', P1]],
    want: { type: 'xfs', uuid: UUID, filesystemLabel: 'data' },
  },
  '/ 1G xfs rw createopts="-f -m crc=1,uuid=$OTHER"': {
    commands: [['mkfs.xfs', '-f', '-m', `crc=1,uuid=${OTHER}`, P1]],
    want: { type: 'xfs', uuid: OTHER },
  },
  '/boot/efi 100 vfat rw': {
    commands: [['mkfs.vfat', '-i', '0A1B2C3D', P1]],
    want: { type: 'vfat', uuid: '0A1B-2C3D' },
  },
  '/boot/efi 100 vfat rw createopts="-n ESP -i abcd"': {
    commands: [['mkfs.vfat', '-n', 'ESP', '-i', 'abcd', P1]],
    want: { type: 'vfat', uuid: '0000-ABCD', filesystemLabel: 'ESP' },
  },
}

for (const [columns, want] of Object.entries(cases)) {
  t.test(`file system of "${columns}"`, async t => {
    t.strictSame(format(columns), { value: want, diagnostics: [] })
  })
}

const lines: Record<string, { options?: string; tune?: string; commands: unknown[]; want: object }> = {
  btrfs: {
    options: '-L data',
    commands: [['mkfs.btrfs', '-f', '-L', 'data', '-U', UUID, P1]],
    want: { type: 'btrfs', uuid: UUID, filesystemLabel: 'data' },
  },
  reiserfs: {
    tune: '-m 5',
    commands: [
      ['mkfs.reiserfs', '-q', '-u', UUID, P1],
      ['reiserfstune', '-m', '5', P1],
    ],
    want: { type: 'reiserfs', uuid: UUID },
  },
  jfs: {
    commands: [
      ['mkfs.jfs', '-q', P1],
      ['jfs_tune', '-U', UUID, P1],
    ],
    want: { type: 'jfs', uuid: UUID },
  },
  ntfs: {
    options: '-L win',
    commands: [
      ['mkfs.ntfs', '-L', 'win', P1],
      ['ntfslabel', '--new-serial=0A1B2C3D11114222', P1],
    ],
    want: { type: 'ntfs', uuid: '0A1B2C3D11114222', filesystemLabel: 'win' },
  },
  f2fs: { commands: [['mkfs.f2fs', P1]], want: { type: 'f2fs' } },
  ext4_journal: {
    commands: [['mke2fs', '-O', 'journal_dev', '-U', UUID, P1]],
    want: { type: 'jbd', uuid: UUID },
  },
  'ext3:journal=/dev/sdb1': {
    commands: [['mkfs.ext3', '-J', 'device=/dev/sdb1', '-U', UUID, P1]],
    want: { type: 'ext3', uuid: UUID },
  },
  'xfs:journal=/dev/sdb1': {
    commands: [['mkfs.xfs', '-m', `uuid=${UUID}`, '-f', '-l', 'logdev=/dev/sdb1', P1]],
    want: { type: 'xfs', uuid: UUID },
  },
}

for (const [filesystem, { options = '', tune = '', commands, want }] of Object.entries(lines)) {
  t.test(`file system ${filesystem}`, async t => {
    const origin = { kind: 'file', path: 'CLASS', line: 2 } as const
    const line = { filesystem, createOptions: options, tuneOptions: tune, origin }
    t.strictSame(formatCommands(line, input), { value: { commands, want }, diagnostics: [] })
  })
}

t.test('the journal of an xfs needs no preparation', async t => {
  const line = { filesystem: 'xfs_journal', createOptions: '', tuneOptions: '' }
  const origin = { kind: 'file', path: 'CLASS', line: 2 } as const
  t.strictSame(formatCommands({ ...line, origin }, input), { value: undefined, diagnostics: [] })
})

t.test('no file system, no command', async t => {
  t.strictSame(format('- 1G - -'), { value: undefined, diagnostics: [] })
})

const refused: Record<string, string> = {
  '/ 1G ext4 rw createopts="-U clear"': '"clear" is no UUID',
  '/ 1G xfs rw createopts="-m uuid=7"': '"7" is no UUID',
  '/x 1G vfat rw createopts="-i hello"':
    '"hello" is no volume number of a FAT file system (8 hexadecimal digits)',
}

for (const [columns, message] of Object.entries(refused)) {
  t.test(`${columns} is refused`, async t => {
    const origin = { kind: 'file', path: 'CLASS', line: 2, column: 1 }
    t.strictSame(format(columns), {
      value: undefined,
      diagnostics: [{ severity: 'error', code: 'disk-config-invalid', message, origin }],
    })
  })
}
