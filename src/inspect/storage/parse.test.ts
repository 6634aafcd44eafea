import t from 'tap'
import { parseSuperblock } from './arrays.ts'
import { parseMounts } from './mounts.ts'
import { parseGeometry, parseTable } from './partition-table.ts'
import { parseSignature } from './signature.ts'
import { mappedName } from './virtual-devices.ts'
import { parseGroups } from './volume-groups.ts'

t.test('blkid: type, UUID and label, what it escapes given back', async t => {
  const text = 'DEVNAME=/dev/sda1\nLABEL=my\\x20disk\\\\\nUUID=8D0C-1234\nVERSION=FAT32\nTYPE=vfat\n'
  t.strictSame(parseSignature(text), {
    content: { type: 'vfat', uuid: '8D0C-1234', label: 'my disk\\' },
  })
  t.strictSame(parseSignature('DEVNAME=/dev/sda\nPTUUID=5d1fddf9\nPTTYPE=dos\n'), { tableType: 'dos' })
  t.strictSame(parseSignature(''), {})
  t.equal(parseSignature('TYPE=ext4\nLABEL=gr\\xc3\\xbcn\n').content?.label, 'grün')
})

const row = (node: string, start: number, more: object) => ({ node, start, size: 2048, ...more })
const sfdisk = (label: string, partitions: readonly object[], more: object = {}) =>
  JSON.stringify({
    partitiontable: { label, id: 'ID', device: '/dev/x', sectorsize: 512, partitions, ...more },
  })

t.test('sfdisk: an msdos table with its extended and logical partitions', async t => {
  const json = sfdisk('dos', [
    row('/dev/loop0p5', 8192, { type: '83' }),
    row('/dev/loop0p1', 2048, { type: '83', bootable: true }),
    row('/dev/loop0p2', 6144, { type: 'f' }),
  ])
  const partitions = parseTable(json, '/dev/sda', 512)?.partitions ?? []
  t.strictSame(
    partitions.map(({ number, device, kind, isActive }) => [number, device, kind, isActive]),
    [
      [1, '/dev/sda1', 'primary', true],
      [2, '/dev/sda2', 'extended', false],
      [5, '/dev/sda5', 'logical', false],
    ],
  )
})

t.test('sfdisk: a GPT on 4096-byte sectors, and a table of another kind', async t => {
  const gpt = { type: '0FC63DAF', uuid: 'AAAA', name: 'root', attrs: 'RequiredPartition' }
  t.strictSame(
    parseTable(sfdisk('gpt', [row('/dev/x7', 256, gpt)], { sectorsize: 4096 }), '/dev/nvme0n1', 4096),
    {
      format: 'gpt',
      id: 'ID',
      partitions: [
        {
          number: 7,
          device: '/dev/nvme0n1p7',
          kind: 'primary',
          startByte: 1048576,
          sizeBytes: 8388608,
          type: '0FC63DAF',
          name: 'root',
          uuid: 'AAAA',
          attributes: 'RequiredPartition',
          isActive: false,
        },
      ],
    },
  )
  t.equal(parseTable(sfdisk('sgi', []), '/dev/sda', 512), undefined)
})

t.test('parted: heads and sectors', async t => {
  const text =
    'CHS;\n/dev/loop0:16448,63,1:loopback:512:512:msdos:x:;\n16448:255:2:261kB;\n1:4,4,0:2060,11,1:::boot;\n'
  t.strictSame(parseGeometry(text), { heads: 255, sectors: 2 })
  t.equal(parseGeometry('Error: /dev/sda: unrecognised disk label\n'), undefined)
})

t.test('mounts by number and by path, swap too', async t => {
  const mountinfo =
    '36 35 8:1 / /mnt/my\\040disk rw - ext4 /dev/sda1 rw\n37 35 0:44 / /srv rw shared:1 - btrfs /dev/sdb1 rw\n22 27 0:21 / /proc rw - proc proc rw\n'
  const swaps = 'Filename\tType\tSize\n/dev/sda2 partition 1024 0 -2\n/swapfile file 1024 0 -3\n'
  const { byDevno, byPath } = parseMounts(mountinfo, swaps)
  t.strictSame(byDevno.get('8:1'), ['/mnt/my disk'])
  t.strictSame(byPath.get('/dev/sdb1'), ['/srv'])
  t.strictSame(byPath.get('/dev/sda2'), ['swap'])
  t.equal(byPath.has('/swapfile'), false)
})

t.test('LVM: groups with their volumes and physical volumes', async t => {
  const report = (key: string, rows: readonly object[]) => JSON.stringify({ report: [{ [key]: rows }] })
  const groups = parseGroups({
    vgs: report('vg', [{ vg_name: 'vg1', vg_uuid: 'U', vg_size: '1069547520', vg_extent_size: '4194304' }]),
    pvs: report('pv', [
      { vg_name: 'vg1', pv_name: '/dev/sda2' },
      { vg_name: '', pv_name: '/dev/sdb1' },
    ]),
    lvs: report('lv', [
      {
        vg_name: 'vg1',
        lv_name: 'root',
        lv_path: '/dev/vg1/root',
        lv_size: '314572800',
        lv_active: 'active',
      },
      { vg_name: 'vg1', lv_name: 'home', lv_path: '/dev/vg1/home', lv_size: '4194304', lv_active: '' },
      { vg_name: 'vg1', lv_name: '[pool_tmeta]', lv_path: '', lv_size: '4194304', lv_active: '' },
    ]),
  })
  t.strictSame(groups, [
    {
      name: 'vg1',
      uuid: 'U',
      sizeBytes: 1069547520,
      extentBytes: 4194304,
      physicalVolumes: ['/dev/sda2'],
      volumes: [
        { name: 'home', device: '/dev/vg1/home', sizeBytes: 4194304, isActive: false },
        { name: 'root', device: '/dev/vg1/root', sizeBytes: 314572800, isActive: true },
      ],
    },
  ])
})

t.test('md: the array that a superblock names', async t => {
  const text = (name: string) => `MD_LEVEL=raid1\nMD_DEVICES=2\n${name}MD_UUID=1:2:3:4\n`
  t.strictSame(parseSuperblock(text('MD_NAME=web01:0\n')), {
    uuid: '1:2:3:4',
    level: '1',
    device: '/dev/md0',
  })
  t.match(parseSuperblock(text('MD_NAME=web01:root\n')), { device: '/dev/md/root' })
  t.match(parseSuperblock(text('')), { device: '/dev/md127' })
  t.equal(parseSuperblock('MD_METADATA=imsm\n'), undefined)
})

t.test('device-mapper: volumes of LVM by their own path', async t => {
  t.equal(mappedName('vg0-my--volume', 'LVM-abc'), '/dev/vg0/my-volume')
  t.equal(mappedName('crypt_dev_sda4', 'CRYPT-LUKS2-x'), '/dev/mapper/crypt_dev_sda4')
})
