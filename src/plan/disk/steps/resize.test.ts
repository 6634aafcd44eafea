import t from 'tap'
import { valueFrom } from '../../../testing/image-plan.ts'
import {
  content,
  diskLayout,
  foundDisk,
  foundPartition,
  groupLayout,
  keep,
  logical,
  MIB,
  storagePlanOf,
  volume,
} from '../../../testing/storage-steps.ts'
import { formatStorageWord } from './format-storage-plan.ts'

/** The plan for a partition of 500 MiB that becomes as large as `sizeMib`. */
const resized = (type: string | undefined, sizeMib: number) => {
  const found = foundPartition('sda', 1, [1, 500], type)
  return storagePlanOf(
    { disks: [diskLayout('sda', [keep(found, volume('/', 'ext4'), sizeMib)])] },
    { disks: [foundDisk('sda', [found])] },
  )
}

/** The commands before and after the table is written, without saving it. */
const around = (type: string | undefined, sizeMib: number): { before: string[]; after: string[] } => {
  const { steps, logDirectory } = valueFrom(resized(type, sizeMib))
  const lines = steps
    .filter(({ kind }) => kind !== 'save-table')
    .map(({ kind, argv }) =>
      kind === 'write-table' ? kind : argv.map(word => formatStorageWord(word, logDirectory)).join(' '),
    )
  const at = lines.indexOf('write-table')
  return { before: lines.slice(0, at), after: lines.slice(at + 1) }
}

const CHECK = 'e2fsck -f -p /dev/sda1'

const shrinks: Record<string, readonly string[]> = {
  ext2: [CHECK, 'resize2fs /dev/sda1 614400s'],
  ext4: [CHECK, 'resize2fs /dev/sda1 614400s'],
  btrfs: ['btrfs filesystem resize 314572800 {/dev/sda1}'],
  ntfs: ['ntfsresize --force --size 314572800 /dev/sda1'],
}

for (const [type, before] of Object.entries(shrinks)) {
  t.test(`${type} shrinks before its partition`, async t => {
    t.strictSame(around(type, 300), { before, after: [] })
  })
}

const grows: Record<string, readonly string[]> = {
  ext3: [CHECK, 'resize2fs /dev/sda1'],
  btrfs: ['btrfs filesystem resize max {/dev/sda1}'],
  xfs: ['xfs_growfs {/dev/sda1}'],
  ntfs: ['ntfsresize --force /dev/sda1'],
  f2fs: ['resize.f2fs /dev/sda1'],
  LVM2_member: ['pvresize --yes /dev/sda1'],
  crypto_LUKS: [],
  swap: ['mkswap -U f0000001-1111-4222-8333-444444444444 /dev/sda1'],
}

for (const [type, after] of Object.entries(grows)) {
  t.test(`${type} grows after its partition`, async t => {
    t.strictSame(around(type, 700), { before: [], after })
  })
}

t.test('swap is made anew with its UUID where it shrinks, too', async t => {
  t.strictSame(around('swap', 300), { before: [], after: grows['swap'] })
})

t.test('where nothing is known of the content only the table changes', async t => {
  t.strictSame(around(undefined, 300), { before: [], after: [] })
  t.strictSame(around(undefined, 700), { before: [], after: [] })
})

for (const type of ['xfs', 'vfat', 'LVM2_member', 'linux_raid_member', 'crypto_LUKS']) {
  t.test(`${type} cannot shrink`, async t => {
    const { value, diagnostics } = resized(type, 300)
    t.equal(value, undefined)
    const message = `/dev/sda1 would shrink, but "${type}" cannot (wanted 314572800, found 524288000 bytes)`
    t.match(diagnostics, [{ severity: 'error', code: 'storage-conflict', message }])
  })
}

t.test('the kernel makes no btrfs smaller than 256 MiB', async t => {
  t.strictSame(around('btrfs', 256).before, ['btrfs filesystem resize 268435456 {/dev/sda1}'])
  t.match(resized('btrfs', 255), {
    value: undefined,
    diagnostics: [{ severity: 'error', code: 'storage-conflict', message: /"btrfs" cannot/ }],
  })
})

t.test('what can shrink does so before anything is destroyed', async t => {
  const found = [foundPartition('sda', 1, [1, 500], 'ext4'), foundPartition('sda', 2, [501, 100], 'ext4')]
  const [first] = found
  if (first === undefined) throw new Error('no partition')
  const { steps } = valueFrom(
    storagePlanOf(
      { disks: [diskLayout('sda', [keep(first, volume('/', 'ext4'), 300)])] },
      { disks: [foundDisk('sda', found)] },
    ),
  )
  const kinds = steps.map(({ kind }) => kind)
  t.ok(kinds.includes('wipe'))
  t.ok(kinds.indexOf('shrink-filesystem') < kinds.indexOf('wipe'))
})

t.test('what nothing can grow stays as small as it was, with a warning', async t => {
  const { value, diagnostics } = resized('vfat', 700)
  t.match(diagnostics, [{ severity: 'warning', code: 'filesystem-stays-small' }])
  t.notMatch(value?.steps.at(-1)?.kind, 'grow-filesystem')
})

t.test('after a kill ext is checked and resized again, and a half-done ntfs is refused', async t => {
  const again = { repeat: 'resume', recover: [['e2fsck', '-f', '-p', '/dev/sda1']] }
  const shrink = valueFrom(resized('ext4', 300)).steps.find(({ kind }) => kind === 'shrink-filesystem')
  t.match(shrink, again)
  t.equal(shrink?.expects, undefined, 'nothing tells that it is done already')
  t.match(
    valueFrom(resized('ext4', 700)).steps.find(({ kind }) => kind === 'grow-filesystem'),
    again,
  )
  const ntfs = valueFrom(resized('ntfs', 300)).steps.find(({ kind }) => kind === 'shrink-filesystem')
  t.equal(ntfs?.repeat, 'refuse')
  const btrfs = valueFrom(resized('btrfs', 300)).steps.find(({ kind }) => kind === 'shrink-filesystem')
  t.equal(btrfs?.repeat, 'safe')
})

t.test('volumes that shrink make room before others grow, each with its file system', async t => {
  const found = (name: string, sizeMib: number) => ({
    ...{ name, device: `/dev/vg0/${name}`, sizeBytes: sizeMib * MIB, isActive: false },
    ...{ mountPoints: [], holders: [], content: { type: 'ext4' } },
  })
  const part = foundPartition('sda', 1, [1, 4000], 'LVM2_member')
  const volumes = [found('grow', 100), found('shrink', 1000)]
  const group = { name: 'vg0', sizeBytes: 0, extentBytes: 4 * MIB, physicalVolumes: ['/dev/sda1'], volumes }
  const line = content('/', 'ext4')
  const { steps } = valueFrom(
    storagePlanOf(
      {
        disks: [diskLayout('sda', [keep(part, volume('-', '-'))])],
        volumeGroups: [
          groupLayout(
            'vg0',
            ['/dev/sda1'],
            [
              ...volumes.map(kept =>
                logical('vg0', kept.name, kept.name === 'grow' ? 498.5 : 500, line, {
                  kept,
                  isFormatted: false,
                }),
              ),
              logical('vg0', 'new', 10, line),
            ],
            { kept: group },
          ),
        ],
      },
      { disks: [foundDisk('sda', [part])], volumeGroups: [group] },
    ),
  )
  t.strictSame(
    steps.map(({ argv }) => argv.join(' ')),
    [
      'vgchange --activate y vg0',
      'e2fsck -f -p /dev/vg0/shrink',
      'resize2fs /dev/vg0/shrink 1024000s',
      'lvresize --yes --force --size 524288000b vg0/shrink',
      'lvresize --yes --force --size 524288000b vg0/grow',
      'e2fsck -f -p /dev/vg0/grow',
      'resize2fs /dev/vg0/grow',
      'lvcreate --yes --wipesignatures y --name new --size 12582912b vg0',
      'mkfs.ext4 -U aaaa0000-bbbb-4ccc-8ddd-eeeeeeeeeeee /dev/vg0/new',
    ],
  )
})

t.test('a volume that rests is not resized: nobody can tell what is on it', async t => {
  const found = {
    ...{ name: 'home', device: '/dev/vg0/home', sizeBytes: 500 * MIB, isActive: false },
    ...{ mountPoints: [], holders: [] },
  }
  const part = foundPartition('sda', 1, [1, 4000], 'LVM2_member')
  const group = {
    ...{ name: 'vg0', sizeBytes: 0, extentBytes: 4 * MIB, physicalVolumes: ['/dev/sda1'] },
    volumes: [found],
  }
  const kept = logical('vg0', 'home', 100, content('/home', 'ext4'), { kept: found, isFormatted: false })
  const { value, diagnostics } = storagePlanOf(
    {
      disks: [diskLayout('sda', [keep(part, volume('-', '-'))])],
      volumeGroups: [groupLayout('vg0', ['/dev/sda1'], [kept], { kept: group })],
    },
    { disks: [foundDisk('sda', [part])], volumeGroups: [group] },
  )
  t.equal(value, undefined)
  t.match(diagnostics, [{ code: 'storage-conflict', message: /vgchange --activate y vg0/ }])
})
