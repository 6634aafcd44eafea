import t from 'tap'
import type { FoundDisk, FoundPartition, Storage } from '../../model/storage.ts'
import type { StoragePlan, StorageStep } from '../../plan/disk/storage-plan.ts'
import { findChanges, findUses, refuseMissingPrograms, refuseStorage } from './refuse-storage.ts'

const UNUSED = { mountPoints: [], holders: [] }

const partition = (device: string, more: Partial<FoundPartition> = {}): FoundPartition => ({
  number: 1,
  device,
  kind: 'primary',
  startByte: 1048576,
  sizeBytes: 1048576,
  type: '83',
  isActive: false,
  ...UNUSED,
  ...more,
})

const disk = (name: string, more: Partial<FoundDisk> = {}): FoundDisk => ({
  name,
  device: `/dev/${name}`,
  links: [],
  sizeBytes: 4096,
  sectorBytes: 512,
  isReadOnly: false,
  table: { format: 'dos', partitions: [partition(`/dev/${name}1`)] },
  ...UNUSED,
  ...more,
})

const machine = (more: Partial<Storage> = {}): Storage => ({
  memoryBytes: 1,
  disks: [disk('sda'), disk('sdb')],
  arrays: [],
  volumeGroups: [],
  encrypted: [],
  ...more,
})

const SDA = new Set(['/dev/sda'])
const mounted = (device: string) => partition(device, { mountPoints: ['/srv'] })
const group = (mountPoints: readonly string[]) => ({
  name: 'vg0',
  sizeBytes: 1,
  extentBytes: 1,
  physicalVolumes: ['/dev/sda1'],
  volumes: [
    { name: 'home', device: '/dev/vg0/home', sizeBytes: 1, isActive: true, holders: [], mountPoints },
  ],
})

const USES: Readonly<Record<string, { storage: Storage; want: readonly string[] }>> = {
  'nothing is used': { storage: machine(), want: [] },
  'a mounted partition': {
    storage: machine({
      disks: [disk('sda', { table: { format: 'dos', partitions: [mounted('/dev/sda1')] } })],
    }),
    want: ['/dev/sda1 is mounted at /srv'],
  },
  'a mounted partition of another disk': {
    storage: machine({
      disks: [disk('sdb', { table: { format: 'dos', partitions: [mounted('/dev/sdb1')] } })],
    }),
    want: [],
  },
  'swap on the whole disk': {
    storage: machine({ disks: [disk('sda', { mountPoints: ['swap'] })] }),
    want: ['/dev/sda is swap'],
  },
  'a mounted volume of a group on it': {
    storage: machine({ volumeGroups: [group(['/home'])] }),
    want: ['/dev/vg0/home is mounted at /home'],
  },
  'a mapping on a volume of a group on an array on it': {
    storage: machine({
      arrays: [
        { device: '/dev/md0', level: '1', isRunning: true, members: ['/dev/sda1'], spares: [], ...UNUSED },
      ],
      volumeGroups: [{ ...group([]), physicalVolumes: ['/dev/md0'] }],
      encrypted: [
        { name: 'x', device: '/dev/mapper/x', on: '/dev/vg0/home', mountPoints: ['/x'], holders: [] },
      ],
    }),
    want: ['/dev/mapper/x is mounted at /x'],
  },
  'a loop device on a volume of a group on it': {
    storage: machine({
      volumeGroups: [
        { ...group([]), volumes: group([]).volumes.map(each => ({ ...each, holders: ['loop3'] })) },
      ],
    }),
    want: ['/dev/vg0/home is held by loop3'],
  },
  'a holder that is neither md nor device-mapper': {
    storage: machine({ disks: [disk('sda', { holders: ['bcache0', 'dm-0'] })] }),
    want: ['/dev/sda is held by bcache0'],
  },
}

for (const [name, { storage, want }] of Object.entries(USES))
  t.test(`in use: ${name}`, async t => t.strictSame(findUses(storage, SDA), want))

t.test('what changed since the plan was made, uses apart', async t => {
  const grown = machine({ disks: [disk('sda', { sizeBytes: 8192 }), disk('sdb')] })
  t.strictSame(findChanges(machine(), grown, SDA), ['disk /dev/sda is another'])
  t.strictSame(findChanges(machine(), machine({ disks: [disk('sdb')] }), SDA), ['disk /dev/sda is gone'])
  t.strictSame(findChanges(machine(), machine({ disks: [disk('sda')] }), SDA), [])
  t.strictSame(findChanges(machine(), machine({ volumeGroups: [group([])] }), SDA), [
    'volume group vg0 is new',
  ])
  const used = machine({ disks: [disk('sda', { mountPoints: ['/x'] }), disk('sdb')] })
  t.strictSame(findChanges(machine(), used, SDA), [])
})

t.test('programs that are missing are named with their packages', async t => {
  const step = (program: string) => ({ argv: [program] }) as unknown as StorageStep
  await t.rejects(
    refuseMissingPrograms(['mkfs.xfs', 'mkfs.vfat', 'mkfs.exfat', 'mkfs.ours'].map(step), '/nowhere'),
    {
      name: 'EnvironmentError',
      message:
        'programs are missing: blkid (package util-linux), partx (package util-linux), sfdisk (package fdisk), mkfs.xfs (package xfsprogs), mkfs.vfat (package dosfstools), mkfs.exfat (package exfatprogs), mkfs.ours',
    },
  )
})

t.test('a machine that has changed since the plan is refused', t => {
  const plan = { machine: machine(), steps: [{ disks: ['/dev/sda'] }] } as unknown as StoragePlan
  const changed = machine({ disks: [disk('sda', { sizeBytes: 8192 }), disk('sdb')] })
  t.throws(() => refuseStorage(plan, changed), {
    name: 'RefusedError',
    message: 'the machine is no longer what the plan was made for: disk /dev/sda is another; plan again',
  })
  t.doesNotThrow(() => refuseStorage(plan, machine()))
  t.end()
})
