import t from 'tap'
import { withUml } from '../../testing/uml.ts'

const DISKS = 'ubda ubdb ubdc ubdd'

/** Four disks alike, and an array of each level over them. */
const config = (disk = '', raid = ''): string => `<<'END'
disk_config disk1 disklabel:gpt ${disk}
primary - 40 - -
primary - 40 - -
primary - 40 - -
primary - 40 - -
disk_config disk2 sameas:disk1
disk_config disk3 sameas:disk1
disk_config disk4 sameas:disk1
disk_config raid fstabkey:uuid ${raid}
raid1 / disk1.1,disk2.1,disk3.1:missing ext4 rw
raid0 /stripe disk1.2,disk2.2 ext4 rw
raid5 /five disk1.3,disk2.3,disk3.3,disk4.3:spare ext4 rw
raid10 /ten disk1.4,disk2.4,disk3.4,disk4.4 ext4 rw
END
`

/** The second run starts the arrays itself; its `mdadm.conf` finds them once they were stopped again. */
const SCRIPT = `
applied one '${DISKS}' ${config()}
mark one
cat /proc/mdstat >/run/out/mdstat
mdadm --stop --scan
applied two '${DISKS}' ${config('preserve_always:1,2,3', 'preserve_always:0,1,2 always_format:1')}
marks two
mdadm --stop --scan
mdadm --assemble --scan --config /run/out/two/mdadm.conf
cat /proc/mdstat >/run/out/assembled
marks two
`

t.test('arrays of each level are made, kept, formatted or made anew as the configuration says', async t => {
  await withUml({ diskMib: [200, 200, 200, 200], timeoutSeconds: 600 }, async ({ run }) => {
    const { read } = await run(SCRIPT)
    t.strictSame(levelsIn(await read('mdstat')), ['raid0 2', 'raid1 2/3', 'raid10 4/4', 'raid5 3/3 spare'])
    t.strictSame(
      await read('two/marks'),
      '/ten: none\n/stripe: none\n/five: mark of /five\n/: mark of /\n',
      'raid1 and raid5 were kept, raid0 formatted, raid10 made anew',
    )
    t.strictSame(
      levelsIn(await read('assembled')),
      levelsIn(await read('mdstat')),
      'mdadm.conf finds all of them, spare and missing member included',
    )
    t.match(
      await read('two/fstab'),
      /^UUID=\S+\t\/\t/m,
      'what a kept array holds is known, though it was stopped',
    )
    t.notMatch(await read('two/output'), /create the raid[015] /)
  })
})

/** Level, members that are there of those there should be, and whether there is a spare; sorted. */
const levelsIn = (mdstat: string): readonly string[] =>
  mdstat
    .split(/^md\d+ : /m)
    .slice(1)
    .map(text => {
      const level = /active (?:\(.*?\) )?(raid\d+)/.exec(text)?.[1]
      const [, wanted, there] = /\[(\d+)\/(\d+)\]/.exec(text) ?? []
      const members = wanted === undefined ? text.match(/ubd[a-d]\d/g)?.length : `${there}/${wanted}`
      return `${level} ${members}${text.includes('(S)') ? ' spare' : ''}`
    })
    .sort()
