import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { machineSite } from '../testing/machine-site.ts'
import { type StorageMachine, withStorageMachine } from '../testing/storage-machine.ts'

const DISKS = `disk_config disk1 disklabel:gpt fstabkey:uuid bootable:1
primary / 100 ext4 rw,errors=remount-ro
primary swap 20 swap sw
primary /home 40 ext4 ro,nosuid
disk_config tmpfs
tmpfs /scratch RAM:10% defaults
`

/** A machine with one disk, and the installation of web01 onto it. */
type Bench = StorageMachine & {
  readonly logDirectory: string
  readonly target: string
  /** Starts it; `more` are files of the config space. */
  readonly install: (more?: Readonly<Record<string, string>>) => Promise<ReturnType<StorageMachine['start']>>
  /** What a file of the installed system says. */
  readonly installed: (path: string, device?: string) => Promise<string>
}

const onBench = (use: (bench: Bench) => Promise<void>): Promise<void> =>
  withStorageMachine([220], async machine => {
    const { directory, shell, start } = machine
    const [logDirectory, target] = [join(directory, 'log'), join(directory, 'target')]
    await use({
      ...machine,
      logDirectory,
      target,
      install: async (more = {}) => {
        const { write, args, programs } = machineSite(join(directory, 'site'), DISKS, more)
        await shell(write)
        return start(['install', 'web01', ...args, '--log-dir', logDirectory, '--target', target, '--yes'], {
          disklist: 'sdx',
          PATH: `${programs}:${process.env['PATH']}`,
        })
      },
      installed: (path, device = '/dev/sdx1') =>
        shell(`mount -o ro ${device} /mnt; cat /mnt${path} || echo none; umount /mnt`),
    })
  })

/** Nothing runs, nothing is mounted, and no swap is on. */
const isQuiet = async (t: Test, { processes, shell, target }: Bench): Promise<void> => {
  t.strictSame(await processes(), [])
  t.notMatch(await shell('cat /proc/mounts'), '/dev/sdx')
  t.notMatch(await shell('cat /proc/swaps'), '/dev/sdx')
  t.equal(await shell(`ls -A ${target}`), '', 'nothing was written to the directory below the mounts')
}

// The limit of the whole file stays.
t.setTimeout(0)

t.test('the disks are laid out, mounted, filled, and taken leave of', async t => {
  await onBench(async bench => {
    t.match(await (await bench.install()).ended, { code: 0 })
    await isQuiet(t, bench)
    t.equal(await bench.installed('/etc/mark'), 'installed\n')
    t.equal(await bench.installed('/etc/variables'), '/dev/sdx|/dev/sdx2|sdx|install\n')
    t.match(await bench.installed('/etc/swaps'), '/dev/sdx2')
    const mounts = await bench.installed('/etc/mounts')
    t.match(mounts, /^\/ rw,noatime,errors=remount-ro/m)
    t.match(mounts, /^\/home\/ rw,noatime$/m, 'written to, and not nosuid, while it is installed')
    t.notMatch(mounts, 'scratch')
    const fstab = await bench.installed('/etc/fstab')
    t.match(fstab, /^UUID=\S+\t\/home\text4\tro,nosuid\t/m)
    t.equal(fstab, await readFile(join(bench.logDirectory, 'fstab'), 'utf8'))
    t.equal(await bench.installed('/etc/fstab.old'), 'an older fstab\n')
    t.match(await bench.installed('/var/log/fai/web01/install*/status.log'), 'BASE/10-note         OK.\n')
    t.match(await readFile(join(bench.logDirectory, 'format.log'), 'utf8'), 'mkfs.ext4')
  })
})

const FAILS = '#!/bin/bash\ntask_error 999\n'

t.test('a hook that ends the run: all is unmounted, and the next run installs', async t => {
  await onBench(async bench => {
    const failed = await (await bench.install({ 'hooks/configure.BASE': FAILS })).ended
    t.equal(failed.code, 1)
    t.match(failed.stderr, 'error 999 is above STOP_ON_ERROR')
    await isQuiet(t, bench)
    t.match(await bench.installed('/var/log/fai/web01/install*/task_error'), '999')
    t.match(await (await bench.install()).ended, { code: 0 })
    t.equal(await bench.installed('/etc/mark'), 'installed\n')
  })
})

t.test('SIGTERM while a script runs: it is ended, and all is unmounted', async t => {
  await onBench(async bench => {
    const reached = join(bench.directory, 'reached')
    const run = await bench.install({
      'scripts/BASE/20-wait': `#!/bin/sh\necho >${reached}\nexec sleep 600\n`,
    })
    await bench.shell(`until [ -e ${reached} ]; do sleep 0.05; done`)
    await run.interrupt('SIGTERM')
    const { code, stderr } = await run.ended
    t.equal(code, 1)
    t.match(stderr, 'SIGTERM')
    await isQuiet(t, bench)
  })
})

const OWN_LAYOUT = `#!/bin/sh
echo 'BOOT_DEVICE="/dev/sdx"' >$LOGDIR/disk_var.sh
printf '/dev/sdx1 / ext4 rw 0 1\\n' >$LOGDIR/fstab
`

t.test('disks that a hook has laid out stay as they are', async t => {
  await onBench(async bench => {
    await bench.shell(
      'mkfs.ext4 -q /dev/sdx 2>/dev/null; printf "label: gpt\\nsize=150M\\n" | sfdisk -q /dev/sdx',
    )
    await bench.restart()
    await bench.shell('mkfs.ext4 -q -U 11111111-2222-4333-8444-555555555555 /dev/sdx1')
    t.match(await (await bench.install({ 'hooks/partition.BASE': OWN_LAYOUT })).ended, { code: 0 })
    await isQuiet(t, bench)
    t.match(await bench.shell('blkid -p /dev/sdx1'), '11111111-2222-4333-8444-555555555555')
    t.equal(await bench.installed('/etc/fstab'), '/dev/sdx1 / ext4 rw 0 1\n')
    t.equal(await bench.installed('/etc/variables'), '/dev/sdx||sdx|install\n')
  })
})

t.test('a disk in use is refused before any task of the action', async t => {
  await onBench(async bench => {
    await bench.shell('mkfs.ext4 -q /dev/sdx; mount /dev/sdx /mnt')
    const { code, stderr } = await (await bench.install({ 'hooks/partition.BASE': OWN_LAYOUT })).ended
    t.equal(code, 1)
    t.match(stderr, 'in use: /dev/sdx is mounted at /mnt')
    t.notMatch(stderr, 'task partition')
    await bench.shell('umount /mnt')
    await isQuiet(t, bench)
  })
})

const NO_ROOT = OWN_LAYOUT.replace(' / ', ' /srv ')

t.test('an fstab of a hook that mounts nothing at / ends the run with the code of FAI', async t => {
  await onBench(async bench => {
    const { code, stderr } = await (await bench.install({ 'hooks/partition.BASE': NO_ROOT })).ended
    t.equal(code, 1)
    t.match(stderr, /mounts nothing at "\/"/)
    t.match(stderr, 'task mountdisks ended with code 886')
    t.notMatch(stderr, 'task extrbase')
    await isQuiet(t, bench)
  })
})

t.test('killed while it changed the disks, it is finished by the next run', async t => {
  await onBench(async bench => {
    const programs = join(bench.directory, 'site/bin')
    const reached = join(bench.directory, 'reached')
    const slow = `#!/bin/sh\necho >${reached}\nexec sleep 600\n`
    const run = await bench.install({ '../bin/mkswap': slow })
    await bench.shell(`until [ -e ${reached} ]; do sleep 0.05; done`)
    await run.kill()
    // Each run is process 1 of its namespace, and in the /proc of this machine that one lives on.
    await bench.shell(`rm ${programs}/mkswap /run/fai/install-*`)
    const { code, stderr } = await (await bench.install()).ended
    t.equal(code, 0)
    t.match(stderr, `finishing the run that ${bench.logDirectory} tells of`)
    await isQuiet(t, bench)
    t.equal(await bench.installed('/etc/mark'), 'installed\n')
  })
})
