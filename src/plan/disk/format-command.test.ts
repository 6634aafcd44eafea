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
