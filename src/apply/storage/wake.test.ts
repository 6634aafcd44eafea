import t from 'tap'
import type { FoundArray, FoundGroup } from '../../model/storage.ts'
import { holding, partitionedDisk, storageOf } from '../../testing/found-storage.ts'
import { wakeStorage, wakingCommands } from './wake.ts'

const DISK = partitionedDisk('sda', 1000, 'gpt', [1, 1, 100, holding('linux_raid_member')], [2, 101, 100])
const IDLE = { mountPoints: [], holders: [] }
const ARRAY: FoundArray = {
  ...{ device: '/dev/md0', level: '1', isRunning: false, members: ['/dev/sda1'], spares: [] },
  ...IDLE,
}
const group = (physicalVolume: string, isActive = false): FoundGroup => ({
  ...{ name: 'vg0', sizeBytes: 1, extentBytes: 1, physicalVolumes: [physicalVolume] },
  volumes: [{ name: 'root', device: '/dev/vg0/root', sizeBytes: 1, isActive, ...IDLE }],
})

const ups = (arrays: readonly FoundArray[], groups: readonly FoundGroup[], ignored: readonly string[] = []) =>
  wakingCommands(storageOf([DISK], { arrays, volumeGroups: groups }), ignored).map(({ up }) => up.join(' '))

t.test('what rests on the given disks is woken, and nothing else', async t => {
  t.strictSame(ups([ARRAY], []), ['mdadm --assemble /dev/md0 /dev/sda1'])
  t.strictSame(ups([{ ...ARRAY, isRunning: true }], []), [])
  t.strictSame(ups([], [group('/dev/sda2')]), ['vgchange --activate y vg0'])
  t.strictSame(ups([], [group('/dev/sda2', true)]), [])
  t.strictSame(ups([], [group('/dev/sda2')], ['vg0']), [], 'a group that is to be left alone')
  t.strictSame(ups([], [group('/dev/sdz1')]), [], 'a group of another disk')
  t.strictSame(ups([], [group('[unknown]')]), [], 'a group of which a part is missing')
})

t.test('a group on an array is seen once that runs; all is put to rest in turn', async t => {
  const ran: string[] = []
  const rest = await wakeStorage({
    run: async ({ argv }) => {
      ran.push(argv.join(' '))
      return { exitCode: 0, timedOut: false, stdout: '', tail: [] }
    },
    readStorage: async () =>
      storageOf([DISK], {
        arrays: [{ ...ARRAY, isRunning: ran.length > 0 }],
        volumeGroups: ran.length > 0 ? [group('/dev/md0', ran.length > 1)] : [],
      }),
    ignoredGroups: [],
    signal: new AbortController().signal,
  })
  await rest()
  t.strictSame(ran, [
    'mdadm --assemble /dev/md0 /dev/sda1',
    'vgchange --activate y vg0',
    'vgchange --activate n vg0',
    'mdadm --stop /dev/md0',
  ])
})

t.test('an array that does not start is stopped again, and not tried twice', async t => {
  const ran: string[] = []
  await wakeStorage({
    run: async ({ argv }) => {
      ran.push(argv.slice(0, 2).join(' '))
      return { exitCode: 1, timedOut: false, stdout: '', tail: [] }
    },
    readStorage: async () => storageOf([DISK], { arrays: [ARRAY] }),
    ignoredGroups: [],
    signal: new AbortController().signal,
  })
  t.strictSame(ran, ['mdadm --assemble', 'mdadm --stop'])
})
