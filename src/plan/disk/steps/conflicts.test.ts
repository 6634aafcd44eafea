import t from 'tap'
import { formatDiagnostic } from '../../../diagnostic/format.ts'
import type { Storage } from '../../../model/storage.ts'
import {
  commandLines,
  content,
  diskLayout,
  foundDisk,
  foundPartition,
  groupLayout,
  keep,
  partition,
  raid,
  storagePlanOf,
  volume,
} from '../../../testing/storage-steps.ts'
import type { StorageLayout } from '../layout.ts'

const UNUSED = { mountPoints: [], holders: [] }
const PART: readonly [number, number] = [1, 500]
const REST: readonly [number, number] = [501, 3000]
const found = (disk: string, number: number, at = PART) => foundPartition(disk, number, at)
const disks = [
  foundDisk('sda', [found('sda', 1), found('sda', 2, REST)]),
  foundDisk('sdb', [found('sdb', 1)]),
]
const sda = diskLayout('sda', [partition('sda', 1, PART, volume('/', 'ext4')), partition('sda', 2, REST)])
const sdaKeeping2 = diskLayout('sda', [
  partition('sda', 1, PART, volume('/', 'ext4')),
  keep(found('sda', 2, REST), volume('-', '-')),
])
const group = (...physicalVolumes: string[]) => ({
  ...{ name: 'data', sizeBytes: 2 ** 32, extentBytes: 2 ** 22, physicalVolumes, volumes: [] },
})
const md127 = (...members: string[]) => ({
  ...{ device: '/dev/md127', level: '1', isRunning: true, members, spares: [], ...UNUSED },
})
const newArray = (device: string) => ({
  ...{ device, members: ['/dev/sda2', 'missing'], spares: [], sizeBytes: 1 },
  ...{ volume: raid('1', content('-', '-')), isFormatted: false },
})

type Case = {
  readonly layout: Partial<StorageLayout>
  readonly machine: Partial<Storage>
  readonly ignoredGroups?: readonly string[]
  readonly want: readonly string[]
}

const cases: Record<string, Case> = {
  'a group that lies on a disk that is not configured': {
    layout: { disks: [sda] },
    machine: { volumeGroups: [group('/dev/sda2', '/dev/sdb1')] },
    want: [
      'error storage-conflict: /dev/sdb1: volume group "data" on /dev/sda2 must go, but it lies on /dev/sdb1 too, on a disk that is not in the configuration',
    ],
  },
  'a group that lies on a kept partition': {
    layout: { disks: [sdaKeeping2] },
    machine: { volumeGroups: [group('/dev/sda1', '/dev/sda2')] },
    want: [
      'error storage-conflict: /dev/sda2: volume group "data" on /dev/sda1 must go, but it lies on /dev/sda2 too, which is kept',
    ],
  },
  'a group that lies on an array on another disk': {
    layout: { disks: [sda] },
    machine: {
      volumeGroups: [group('/dev/sda2', '/dev/md127')],
      arrays: [md127('/dev/sdb1')],
    },
    want: [
      'error storage-conflict: /dev/md127: volume group "data" on /dev/sda2 must go, but it lies on /dev/md127 too, on a disk that is not in the configuration',
    ],
  },
  'an array with a member on a disk that is not configured': {
    layout: { disks: [sda] },
    machine: { arrays: [md127('/dev/sdb1', '/dev/sda1')] },
    want: [
      'error storage-conflict: /dev/sdb1: array /dev/md127 on /dev/sda1 must go, but it lies on /dev/sdb1 too, on a disk that is not in the configuration',
    ],
  },
  'a kept array that loses a member': {
    layout: {
      disks: [sdaKeeping2],
      arrays: [{ ...newArray('/dev/md0'), kept: md127('/dev/sda1', '/dev/sda2') }],
    },
    machine: { arrays: [md127('/dev/sda1', '/dev/sda2')] },
    want: [
      'error storage-conflict: /dev/md127: array /dev/md127 is kept, but its member /dev/sda1 is not',
      'error storage-conflict: /dev/sda2: array /dev/md127 on /dev/sda1 must go, but it lies on /dev/sda2 too, which is kept',
    ],
  },
  'a new group with the name of one that stays': {
    layout: { disks: [sda], volumeGroups: [groupLayout('data', ['/dev/sda2'], [])] },
    machine: { volumeGroups: [group('/dev/sdb1')] },
    want: [
      'error storage-conflict: disk_config/STORE:7: there is a volume group "data" already on /dev/sdb1, which stays',
    ],
  },
  'a kept group that loses a disk that is not configured': {
    layout: {
      disks: [sdaKeeping2],
      volumeGroups: [groupLayout('data', ['/dev/sda2'], [], { kept: group('/dev/sda2', '/dev/sdb1') })],
    },
    machine: { volumeGroups: [group('/dev/sda2', '/dev/sdb1')] },
    want: [
      'error storage-conflict: disk_config/STORE:7: volume group "data" is kept without /dev/sdb1, which lies on a disk that is not in the configuration',
    ],
  },
  'a new array with the name of one that stays': {
    layout: { disks: [sda], arrays: [newArray('/dev/md127')] },
    machine: { arrays: [md127('/dev/sdb1')] },
    want: [
      'error storage-conflict: disk_config/STORE:7: there is an array /dev/md127 already on /dev/sdb1, which stays',
    ],
  },
  'an ignored group on a partition that goes': {
    layout: { disks: [sda] },
    machine: { volumeGroups: [group('/dev/sda2')] },
    ignoredGroups: ['data'],
    want: [
      'warning storage-conflict: /dev/sda2: volume group "data" is left alone, but its physical volume /dev/sda2 is written anew',
    ],
  },
  'a device that nothing makes': {
    layout: { disks: [sda], volumeGroups: [groupLayout('new', ['/dev/sdc1'], [])] },
    machine: {},
    want: [
      'error storage-conflict: /dev/sdc1: nothing makes it possible to make /dev/sdc1 a physical volume: it needs device:/dev/sdc1',
      'error storage-conflict: new: nothing makes it possible to make volume group new of /dev/sdc1: it needs pv:/dev/sdc1',
    ],
  },
  'a kept partition that would move': {
    layout: {
      disks: [
        diskLayout('sda', [
          partition('sda', 1, PART, volume('/', 'ext4')),
          { ...keep(found('sda', 2, REST), volume('/home', 'ext4')), startByte: 600 * 2 ** 20 },
        ]),
      ],
    },
    machine: {},
    want: [
      'error storage-conflict: disk_config/STORE:7: partition /dev/sda2 is kept, but it would begin at another place (wanted 629145600, found 525336576 bytes)',
    ],
  },
}

for (const [name, { layout, machine, ignoredGroups = [], want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const { value, diagnostics } = storagePlanOf(layout, { disks, ...machine }, { ignoredGroups })
    t.strictSame(
      diagnostics.map(diagnostic => formatDiagnostic(diagnostic).split('\n')[0]),
      want,
    )
    t.equal(
      value === undefined,
      diagnostics.some(({ severity }) => severity === 'error'),
    )
  })
}

t.test('nothing is done to an ignored group, nor to what lies on other disks', async t => {
  const machine = { disks, volumeGroups: [group('/dev/sda2')], arrays: [md127('/dev/sdb1')] }
  const { value } = storagePlanOf({ disks: [sda] }, machine, { ignoredGroups: ['data'] })
  t.notMatch(value && commandLines(value), /vgremove|mdadm|sdb/)
})

t.test('a kept group gives up a physical volume before its partition goes', async t => {
  const kept = group('/dev/sda1', '/dev/sda2')
  const { value } = storagePlanOf(
    { disks: [sdaKeeping2], volumeGroups: [groupLayout('data', ['/dev/sda2'], [], { kept })] },
    { disks, volumeGroups: [kept] },
  )
  t.strictSame(
    value?.steps.filter(({ kind }) => kind !== 'save-table').map(({ id }) => id),
    [
      'reduce-group:data:/dev/sda1',
      'wipe:/dev/sda1',
      'write-table:/dev/sda',
      'wipe:/dev/sda1:new',
      'activate-group:data',
      'create-filesystem:/dev/sda1',
    ],
  )
})

t.test('a group of which a part is missing is removed all the same', async t => {
  const machine = { disks, volumeGroups: [group('/dev/sda2', '[unknown]')] }
  const { value } = storagePlanOf({ disks: [sda] }, machine)
  t.strictSame(
    value?.steps.filter(({ device }) => device === 'data').map(({ argv }) => argv.join(' ')),
    ['vgreduce --removemissing --force --yes data', 'vgremove --force --yes data'],
  )
})
