import t from 'tap'
import {
  diskLayout,
  foundDisk,
  foundPartition,
  MIB,
  partition,
  raid,
  storagePlanOf,
  volume,
} from '../../testing/storage-steps.ts'
import { type RunningArray, settlingCommands } from './settle-arrays.ts'

const UNUSED = { mountPoints: [], holders: [] }
const running = (
  device: string,
  members: readonly string[],
  groups: readonly string[] = [],
): RunningArray => ({
  ...{ device, members, spares: [], level: '1', isRunning: true, ...UNUSED },
  groups,
})
const MEMBERS = ['/dev/sda1', '/dev/sdb1']

const disks = ['sda', 'sdb'].map(name =>
  foundDisk(name, [foundPartition(name, 1, [1, 100], 'linux_raid_member')]),
)
const table = (line = volume('-', '-')) =>
  ['sda', 'sdb'].map(name => diskLayout(name, [partition(name, 1, [1, 50], line)]))

/** An array takes the place of an old one. */
const { value: renewed } = storagePlanOf(
  {
    disks: table(),
    arrays: [
      {
        ...{ device: '/dev/md0', members: MEMBERS, spares: [], sizeBytes: 49 * MIB, isFormatted: false },
        volume: raid('1', volume('-', '-')),
      },
    ],
  },
  { disks, arrays: [running('/dev/md9', MEMBERS)] },
)

const settled = (array: RunningArray | undefined, ...done: readonly string[]) =>
  renewed &&
  settlingCommands(
    renewed,
    { begun: new Set(done), done: new Set(done) },
    array === undefined ? [] : [array],
  ).map(argv => argv.join(' '))

t.test('an array that was to be stopped later gets the name back that the plan has for it', async t => {
  t.strictSame(settled(running('/dev/md9', MEMBERS)), [], 'it has that name')
  t.strictSame(settled(running('/dev/md127', MEMBERS, ['vg0'])), [
    'vgchange --activate n vg0',
    'mdadm --stop /dev/md127',
    'mdadm --assemble --run /dev/md9 /dev/sda1 /dev/sdb1',
  ])
  const start = 'mdadm --assemble --run /dev/md9 /dev/sda1 /dev/sdb1'
  t.strictSame(settled(undefined), [start], 'it does not run at all')
})

t.test('an array that was stopped and came back is stopped again, whatever its name', async t => {
  for (const name of ['/dev/md9', '/dev/md127', '/dev/md0'])
    t.strictSame(settled(running(name, MEMBERS), 'stop-array:/dev/md9'), [`mdadm --stop ${name}`], name)
  t.strictSame(settled(undefined, 'stop-array:/dev/md9'), [])
})

t.test('a new array under another name is stopped, and its own step brings it back', async t => {
  const done = ['stop-array:/dev/md9', 'create-array:/dev/md0']
  t.strictSame(settled(running('/dev/md0', MEMBERS), ...done), [])
  t.strictSame(settled(running('/dev/md127', MEMBERS), ...done), ['mdadm --stop /dev/md127'])
})

t.test('an array with a member elsewhere is left alone', async t => {
  const foreign = running('/dev/md127', ['/dev/sda1', '/dev/sdz1'])
  t.strictSame(settled(foreign, 'stop-array:/dev/md9'), [])
})
