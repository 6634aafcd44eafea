import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type StorageMachine, withStorageMachine } from '../../testing/storage-machine.ts'
import { storageState } from '../../testing/storage-state.ts'
import { type WatchedPrograms, watchPrograms } from '../../testing/watched-programs.ts'
import { JOURNAL } from './journal.ts'

const CONFIG = `disk_config disk1 disklabel:gpt fstabkey:uuid
primary / 60 ext4 rw
primary swap 20 swap sw
primary /home 40 ext4 rw
`
const MAKE_ROOT = 'mkfs.ext4 -U aaaaaaaa-0000-4000-8000-000000000005 /dev/sdw1'

/** A machine with one disk, and the ways to apply a configuration to it. */
type Bench = StorageMachine & {
  readonly logDirectory: string
  readonly watch: WatchedPrograms
  readonly begin: (env?: Readonly<Record<string, string>>) => ReturnType<StorageMachine['start']>
  /** Begins a run that stands still before a program. */
  readonly beginUntil: (
    words: string,
    env?: Readonly<Record<string, string>>,
  ) => Promise<ReturnType<StorageMachine['start']>>
  readonly apply: (config?: string) => ReturnType<StorageMachine['start']>['ended']
}

const onBench = (use: (bench: Bench) => Promise<void>, roomMib = 1024): Promise<void> =>
  withStorageMachine(
    [160],
    async machine => {
      const logDirectory = join(machine.directory, 'log')
      const watch = await watchPrograms(machine.directory)
      const write = async (config: string) => {
        const file = join(machine.directory, 'disk_config')
        await writeFile(file, config)
        return ['disks', 'apply', '--yes', '-f', file, '--disklist', 'sdw', '--log-dir', logDirectory]
      }
      const file = await write(CONFIG)
      const begin: Bench['begin'] = (env = {}) => machine.startAlone(file, { ...watch.env, ...env })
      const beginUntil: Bench['beginUntil'] = async (words, env) => {
        await watch.stopAt('before', words)
        const run = begin(env)
        const early = await Promise.race([watch.reached(), run.ended])
        if (early !== undefined) throw new Error(`it ended before it came to "${words}": ${early.stderr}`)
        return run
      }
      const apply: Bench['apply'] = async (config = CONFIG) =>
        machine.startAlone(await write(config), watch.env).ended
      try {
        await use({ ...machine, logDirectory, watch, begin, beginUntil, apply })
      } finally {
        watch.close()
      }
    },
    { roomMib, names: ['sdw'] },
  )

/** Nothing runs and nothing is mounted any more. */
const isQuiet = async (t: Test, { processes, shell }: StorageMachine): Promise<void> => {
  t.strictSame(await processes(), [])
  t.notMatch(await shell('cat /proc/mounts'), '/dev/sdw')
}

/** What an undisturbed run of `CONFIG` leaves. */
const undisturbed = async (): Promise<string> => {
  let state = ''
  await onBench(async bench => {
    await bench.apply()
    state = await storageState(bench, bench.logDirectory)
  })
  return state
}
const WANTED = await undisturbed()

const isFinished = async (t: Test, bench: Bench): Promise<void> => {
  t.match(await bench.apply(), { code: 0 })
  t.equal(await storageState(bench, bench.logDirectory), WANTED)
}

// The limit of the whole file stays.
t.setTimeout(0)

t.test('a disk that cannot be written: the step is named, and the run is finished once it can', async t => {
  await onBench(async bench => {
    const { code, stderr } = await bench.apply()
    t.equal(code, 1)
    t.match(stderr, /step "[a-z-]+:\/dev\/sdw[0-9]?" .* failed: /)
    t.match(stderr, '  log: ')
    await isQuiet(t, bench)
    await bench.shell(`mount -o remount,size=500m ${bench.directory}/disks`)
    await isFinished(t, bench)
  }, 1)
})

t.test('a program that is missing is named with its package before anything is changed', async t => {
  await onBench(async bench => {
    await bench.apply()
    const before = await storageState(bench, bench.logDirectory)
    await bench.shell(`rm ${bench.directory}/watch/mkfs.vfat
mount --bind /dev/null "$(command -v mkfs.vfat)"`)
    const { code, stderr } = await bench.apply(CONFIG.replace('/home 40 ext4', '/home 40- vfat'))
    t.equal(code, 3)
    t.match(stderr, 'programs are missing: mkfs.vfat (package dosfstools)')
    t.equal(await storageState(bench, bench.logDirectory), before)
  })
})

t.test('a program that hangs is ended, and the run is finished later', async t => {
  await onBench(async bench => {
    await bench.watch.stopAt('before', MAKE_ROOT)
    const { code, stderr } = await bench.begin({ TEST_LIMIT: '3' }).ended
    t.equal(code, 1)
    t.match(stderr, 'step "create-filesystem:/dev/sdw1"')
    t.match(stderr, 'the program did not end in time')
    await isQuiet(t, bench)
    await bench.watch.goOn()
    await isFinished(t, bench)
  })
})

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`${name} ends the run and its programs, and the next one finishes it`, async t => {
    await onBench(async bench => {
      const run = await bench.beginUntil(MAKE_ROOT)
      await run.interrupt(name)
      const { code, stderr } = await run.ended
      t.equal(code, 1)
      // Three are made at the same time, and end in any order.
      t.match(stderr, new RegExp(`step "create-filesystem:/dev/sdw[123]" \\(make .*\\) failed: ${name}`))
      await isQuiet(t, bench)
      await bench.watch.goOn()
      await isFinished(t, bench)
    })
  })
}

t.test('a second run at the same time is refused', async t => {
  await onBench(async bench => {
    const run = await bench.beginUntil(MAKE_ROOT)
    const second = await bench.apply()
    t.equal(second.code, 1)
    t.match(second.stderr, 'another run is changing the disks of this machine')
    await run.interrupt('SIGTERM')
    await run.ended
    await bench.watch.goOn()
    await isFinished(t, bench)
  })
})

const USES: Readonly<Record<string, { use: string; undo: string; want: RegExp }>> = {
  'a mounted partition': {
    use: 'mount /dev/sdw1 /mnt',
    undo: 'umount /mnt',
    want: /in use: \/dev\/sdw1 is mounted at \/mnt/,
  },
  'a partition that a process writes to': {
    use: 'sleep 600 3<>/dev/sdw1 >/dev/null 2>&1 & echo $! >/dev/pid',
    undo: 'kill "$(cat /dev/pid)"',
    want: /in use: \/dev\/sdw1 is written to by process \d+ \(sleep\)/,
  },
  'a partition with a loop device on it': {
    use: `[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
until n=$(losetup --find | tr -dc 0-9) && { [ -e /dev/loop$n ] || mknod /dev/loop$n b 7 $n; } && losetup /dev/loop$n /dev/sdw1; do :; done
echo $n >/dev/used`,
    undo: 'losetup --detach "/dev/loop$(cat /dev/used)"',
    want: /in use: \/dev\/sdw1 is held by loop\d+/,
  },
  'a partition that is swap': {
    use: 'swapon /dev/sdw2',
    undo: 'swapoff /dev/sdw2',
    want: /in use: \/dev\/sdw2 is swap/,
  },
}
for (const [name, { use, undo, want }] of Object.entries(USES)) {
  t.test(`${name} is refused, at the beginning and when a run is finished`, async t => {
    await onBench(async bench => {
      await bench.apply()
      await bench.shell(use)
      const before = await storageStateOf(bench)
      const fresh = await bench.apply()
      t.equal(fresh.code, 1)
      t.match(fresh.stderr, want)
      t.equal(await storageStateOf(bench), before)
      await bench.shell(undo)

      // Before any signature goes: those of a disk go at the same time. Only a table that becomes another is saved.
      const run = await bench.beginUntil('sfdisk --dump /dev/sdw', { TEST_UUIDS: 'cccccccc' })
      await run.interrupt('SIGTERM')
      await run.ended
      await bench.watch.goOn()
      await bench.shell(use)
      const resumed = await bench.apply()
      t.equal(resumed.code, 1)
      t.match(resumed.stderr, want)
      await bench.shell(undo)
      t.match(await bench.apply(), { code: 0 })
    })
  })
}

/** The disk octet by octet: what is mounted cannot be looked at as a file system. */
const storageStateOf = ({ shell }: StorageMachine): Promise<string> => shell('md5sum /dev/sdw')

t.test('the journal of another configuration, or one that somebody changed, is refused', async t => {
  await onBench(async bench => {
    const run = await bench.beginUntil(MAKE_ROOT)
    await run.interrupt('SIGTERM')
    await run.ended
    await bench.watch.goOn()
    const other = await bench.apply(CONFIG.replace('60', '70'))
    t.equal(other.code, 1)
    t.match(other.stderr, 'was not finished, and the configuration is another by now')

    const journal = join(bench.logDirectory, JOURNAL)
    const text = await readFile(journal, 'utf8')
    await writeFile(journal, text.replace('\n{"begin"', '\n{begin"'))
    const broken = await bench.apply()
    t.equal(broken.code, 1)
    t.match(broken.stderr, `${journal}:2: `)

    await writeFile(journal, text)
    await appendFile(journal, '{"done":"create-filesys')
    await isFinished(t, bench)
  })
})
