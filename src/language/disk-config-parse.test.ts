import t from 'tap'
import type { DiskConfig } from './disk-config.ts'
import { partitionNumbers } from './disk-config-check.ts'
import { parseDiskConfig } from './disk-config-parse.ts'

const read = (text: string): DiskConfig | undefined => {
  const { value, diagnostics } = parseDiskConfig(text, 'CLASS')
  t.strictSame(diagnostics, [])
  return value
}
const DISK = 'disk_config disk1\n'
const MIB = 1024 ** 2

t.test('a disk with all common forms', async t => {
  const config = read(`# comment
disk_config /dev/sda disklabel:gpt bootable:1 fstabkey:partlabel align-at:1M   # the first one

p=efi  /boot/efi 200    vfat umask=0077 createopts="-F 32"
p=     /         1G-2G  ext4 rw,noatime tuneopts="-c 0" createopts="-m 1" # and "/"
primary swap RAM:50% swap sw
disk_config tmpfs
tmpfs /tmp 1G nosuid
tmpfs /run/x RAM:20% size=5%
tmpfs /run/y - rw
disk_config nfs
nfs 192.0.2.9:/export/HOSTNAME /srv rw,hard
disk_config end
`)
  t.match(config?.disks[0], {
    disk: '/dev/sda',
    partitionTable: 'gpt',
    bootable: 1,
    fstabKey: 'partlabel',
    alignBytes: MIB,
    isVirtual: false,
    isWhole: false,
    origin: { kind: 'file', path: 'CLASS', line: 2, column: 13 },
  })
  t.strictSame(config?.disks[0]?.volumes[0], {
    kind: 'primary',
    name: 'efi',
    mountPoint: '/boot/efi',
    size: { lower: { kind: 'bytes', bytes: 200 * MIB }, upper: { kind: 'bytes', bytes: 200 * MIB } },
    filesystem: 'vfat',
    mountOptions: 'umask=0077',
    createOptions: '-F 32',
    tuneOptions: '',
    resize: false,
    alwaysFormat: false,
    origin: { kind: 'file', path: 'CLASS', line: 4, column: 1 },
  })
  t.match(config?.disks[0]?.volumes.slice(1), [
    { name: '', mountPoint: '/', mountOptions: 'rw,noatime', tuneOptions: '-c 0', createOptions: '-m 1' },
    { mountPoint: 'swap', filesystem: 'swap', size: { lower: { kind: 'memory', percent: 50 } } },
  ])
  t.notOk('name' in (config?.disks[0]?.volumes[2] ?? {}), '"primary" gives no name')
  t.match(config?.tmpfs, [
    { mountPoint: '/tmp', mountOptions: 'nosuid', size: { kind: 'bytes' } },
    { mountPoint: '/run/x', size: { kind: 'memory', percent: 20 } },
    { mountPoint: '/run/y' },
  ])
  t.notOk('size' in (config?.tmpfs[2] ?? {}))
  t.match(config?.nfs, [
    { source: '192.0.2.9:/export/HOSTNAME', mountPoint: '/srv', mountOptions: 'rw,hard' },
  ])
})

/** Lines below `disk_config disk1`, and what matters of the first volume. */
const volumes: Record<string, { line: string; want: object }> = {
  'no blank between columns': {
    line: 'primary/ 1Gext4 rw',
    want: { mountPoint: '/', filesystem: 'ext4', size: { lower: { bytes: 1024 ** 3 } } },
  },
  'words that end by themselves': {
    line: 'logical-0---',
    want: { kind: 'logical', mountPoint: '-', filesystem: '-', mountOptions: '-' },
  },
  tabs: { line: '\tprimary\t/\t1G\text4\trw\t', want: { mountPoint: '/', mountOptions: 'rw' } },
  'swap and a size without a blank': {
    line: 'primary swap1Gswapsw',
    want: { mountPoint: 'swap', filesystem: 'swap' },
  },
  'an upper limit': {
    line: 'primary / -500 ext4 rw',
    want: { size: { lower: { bytes: 0 }, upper: { bytes: 500 * MIB } } },
  },
  'a lower limit': {
    line: 'primary / 0- ext4 rw',
    want: { size: { lower: { bytes: 0 }, upper: { percent: 100 } } },
  },
  'a part of the memory': {
    line: 'primary / 1G-RAM:150% ext4 rw',
    want: { size: { upper: { kind: 'memory', percent: 150 } } },
  },
  'raw-disk': { line: 'raw-disk / 0 ext4 rw', want: { kind: 'raw-disk', mountPoint: '/' } },
  ':encrypt': {
    line: 'primary /x:encrypt 1G ext4 rw',
    want: { mountPoint: '/x', encrypt: { randomFill: false } },
  },
  ':encrypt:randinit': {
    line: 'primary swap:encrypt:randinit 1G swap sw',
    want: { mountPoint: 'swap', encrypt: { randomFill: true } },
  },
  'a journal elsewhere': {
    line: 'primary / 1G ext4:journal=/dev/sdb1 rw',
    want: { filesystem: 'ext4:journal=/dev/sdb1' },
  },
  'btrfs with a subvolume': { line: 'primary / 1G btrfs noatime,subvol=@', want: { filesystem: 'btrfs' } },
  'a file system that nobody knows': { line: 'primary / 1G ext9 rw', want: { filesystem: 'ext9' } },
  'the last option of a kind': {
    line: 'primary / 1G ext4 rw createopts="-m 0" tuneopts="-c 1"createopts="-m # 2"',
    want: { createOptions: '-m # 2', tuneOptions: '-c 1' },
  },
  ':resize': { line: 'primary / 1G-2G:resize ext4 rw', want: { resize: true, alwaysFormat: false } },
  ':preserve_lazy behind an upper limit': {
    line: 'primary / -1G:preserve_lazy ext4 rw',
    want: { preserve: 'lazy', resize: false },
  },
}

for (const [name, { line, want }] of Object.entries(volumes)) {
  t.test(`a line with ${name}`, async t => t.match(read(`${DISK}${line}`)?.disks[0]?.volumes[0], want))
}

t.test('arrays', async t => {
  const config = read(`disk_config raid fstabkey:uuid
raid5 /srv disk1.1,disk2.1,sdc1:missing,/dev/disk/by-id/X-part1:spare ext4 rw mdcreateopts="--chunk=64" tuneopts="-c 0"
raid1 - disk1,disk2 - -
disk_config raid fstabkey:label
raid0 swap md1,sde swap sw
`)
  t.match(config?.arrays, [
    { level: '5', mountPoint: '/srv', arrayOptions: '--chunk=64', tuneOptions: '-c 0', fstabKey: 'label' },
    {
      level: '1',
      fstabKey: 'label',
      devices: [
        { text: 'disk1', disk: 1 },
        { text: 'disk2', disk: 2 },
      ],
    },
    { level: '0', devices: [{ text: 'md1' }, { text: 'sde' }] },
  ])
  t.strictSame(config?.arrays[0]?.devices.slice(1), [
    { text: 'disk2.1', disk: 2, partition: 1, isSpare: false, isMissing: false, origin: at(2, 20) },
    { text: 'sdc1', isSpare: false, isMissing: true, origin: at(2, 28) },
    { text: '/dev/disk/by-id/X-part1', isSpare: true, isMissing: false, origin: at(2, 41) },
  ])
})

const at = (line: number, column: number) => ({ kind: 'file', path: 'CLASS', line, column })

t.test('btrfs, encrypted devices, logical volumes', async t => {
  const config = read(`disk_config btrfs fstabkey:uuid
btrfs raid1 /a sda1,sdb1 subvol=@a btrfscreateopts="-p" createopts="-L x"
btrfs single /b sda1 subvol=@b
disk_config cryptsetup randinit
luks:"a # secret" - disk1.2 - - lukscreateopts="-s 256" createopts="-m 0"
luks /s sdc1 ext4 rw
swap swap sdc2 swap sw
disk_config cryptsetup
tmp /tmp sdc3 ext2 rw
disk_config lvm fstabkey:label
vg vg_0 disk1.2,md0 pvcreateopts="-a" vgcreateopts="-b" pvcreateopts="-c"
vg_0-root / 10%-50% ext4 rw lvcreateopts="-i 2" createopts="-m 1"
vg swap sdd
vg_0-b - 200 - -
swap-x swap 1Gswap sw
`)
  t.match(config?.btrfs, [
    { profile: 'raid1', mountPoint: '/a', btrfsOptions: '-p', createOptions: '-L x', fstabKey: 'uuid' },
    { profile: 'single', devices: [{ text: 'sda1' }], mountOptions: 'subvol=@b' },
  ])
  t.match(config?.encrypted, [
    {
      kind: 'luks',
      passphrase: 'a # secret',
      device: { disk: 1, partition: 2 },
      luksOptions: '-s 256',
      randomFill: true,
    },
    { kind: 'luks', mountPoint: '/s' },
    { kind: 'swap', randomFill: true },
    { kind: 'tmp', filesystem: 'ext2', randomFill: false },
  ])
  t.notOk('passphrase' in (config?.encrypted[1] ?? {}))
  t.match(config?.volumeGroups, [
    {
      name: 'vg_0',
      physicalOptions: '-c',
      groupOptions: '-b',
      fstabKey: 'label',
      volumes: [{ name: 'root', volumeOptions: '-i 2', createOptions: '-m 1' }, { name: 'b' }],
    },
    { name: 'swap', devices: [{ text: 'sdd' }], volumes: [{ name: 'x', filesystem: 'swap' }] },
  ])
})

t.test('options need no blank behind them where they end by themselves', async t => {
  const config = read(
    'disk_configdisk1fstabkey:uuid virtualbootable:2\nprimary / 0 ext4 rw\nprimary - 0 - -\n',
  )
  t.match(config?.disks, [{ disk: 'disk1', fstabKey: 'uuid', isVirtual: true, bootable: 2 }])
})

t.test('a disk by name, pattern and id, and one that is used as a whole', async t => {
  const names = ['sda', '/dev/sd?', '/dev/disk/by-id/wwn-0x1', 'disk12']
  const text = names.map(name => `disk_config ${name} vg:0 vg:1\n`).join('')
  t.strictSame(
    read(text)?.disks.map(({ disk, isWhole }) => [disk, isWhole]),
    names.map(name => [name, true]),
  )
})

t.test('sameas takes the place of what stands before it; options and lines behind it add to it', async t => {
  const config = read(`disk_config sda disklabel:gpt bootable:1 fstabkey:uuid preserve_lazy:1
primary - 1G - -
disk_config disk2 virtual bootable:7 sameas:/dev/sda always_format:1 fstabkey:label
primary /srv 2G ext4 rw
`)
  const [first, second] = config?.disks ?? []
  t.match(second, { disk: 'disk2', isVirtual: false, bootable: 1, partitionTable: 'gpt', fstabKey: 'label' })
  t.match(second?.volumes, [
    { preserve: 'lazy', alwaysFormat: true, origin: { line: 2 } },
    { mountPoint: '/srv', alwaysFormat: false, origin: { line: 4 } },
  ])
  t.match(first, { fstabKey: 'uuid', volumes: [{ preserve: 'lazy', alwaysFormat: false }] })
  t.equal(first?.volumes.length, 1)
})

t.test('the extended partition takes the number that is next when the first logical one comes', async t => {
  const text = `${DISK}primary - 1G - -\nlogical - 1G - -\nprimary - 1G - -\nlogical - 1G - -\n`
  const [stanza] = read(text)?.disks ?? []
  t.strictSame(stanza && partitionNumbers(stanza), [1, 5, 3, 6])
})
