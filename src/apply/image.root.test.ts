import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, type Stats, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { ImagePlan } from '../plan/disk/image.ts'
import type { LocalAction, LocalStep, Plan, Step } from '../plan/step.ts'
import { applyPlan } from '../testing/apply-plan.ts'
import { imagePlanOf, planOf, valueFrom } from '../testing/image-plan.ts'
import { makeRunner, searchPath } from './runner.ts'

const CONFIG = `disk_config disk1 disklabel:gpt fstabkey:uuid bootable:1
p=efi  /boot/efi 64      vfat umask=0077 createopts="-n ESP"
p=root /         200-    ext4 rw,noatime createopts="-U \${ROOT_UUID} -L rootfs"
p=swap swap      32      swap sw
`
const ROOT_UUID = '0a1b2c3d-1111-4222-8333-444455556666'
const MIB = 1024 ** 2

const makePlan = (
  path: string,
  extra: readonly LocalStep[],
  config = CONFIG,
): { plan: Plan<LocalAction>; image: ImagePlan } => {
  const variables = { ROOT_UUID }
  const image = valueFrom(imagePlanOf(config, { path, variables, sizeBytes: 400 * MIB, replace: true }))
  return { plan: planOf(image, variables, extra), image }
}

const step = (id: string, action: LocalAction): LocalStep => ({
  id,
  task: 'extrbase',
  title: id,
  because: [],
  destroys: false,
  action,
})

const FILES = [
  step('hello', { kind: 'write-file', path: { target: '/etc/hello' }, content: 'hello\n', mode: 0o640 }),
  step('loader', {
    kind: 'write-file',
    path: { target: '/boot/efi/EFI/BOOT/BOOTX64.EFI' },
    content: 'MZ not really\n',
    mode: 0o644,
  }),
]

/** A directory of its own for each test; nothing of it may be mounted or attached afterwards. */
const withRoom = async (t: Tap, use: (room: string) => Promise<void>): Promise<void> => {
  const room = mkdtempSync(join(tmpdir(), 'fai-image-'))
  try {
    await use(room)
    t.notMatch(readFileSync('/proc/mounts', 'utf8'), room, 'nothing stays mounted')
    t.notMatch(output('losetup', '--list', '--output', 'BACK-FILE'), room, 'nothing stays attached')
  } finally {
    // Never through a mount that stayed: below it may be /dev of this machine.
    if (!readFileSync('/proc/mounts', 'utf8').includes(room)) rmSync(room, { recursive: true, force: true })
  }
}

type Tap = Pick<typeof t, 'notMatch'>

const identity = ({ ino, mtimeMs, size }: Stats) => ({ ino, mtimeMs, size })

const output = (program: string, ...args: string[]): string => {
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, MTOOLS_SKIP_CHECK: '1' },
  })
  return result.stdout + result.stderr
}

const apply = (
  plan: Plan<LocalAction>,
  room: string,
  signal = new AbortController().signal,
  onStep = (_: Step) => {},
) =>
  applyPlan(plan, {
    run: makeRunner(process.env),
    searchPath: searchPath(process.env),
    target: join(room, 'target'),
    logDirectory: join(room, 'log'),
    onStep,
    signal,
  })

t.test('an image with ESP, root and swap is made, filled and read back', async t => {
  await withRoom(t, async room => {
    const path = join(room, 'web01.img')
    const { plan, image } = makePlan(path, FILES)
    t.strictSame(await apply(plan, room), { failedScripts: [] })

    const table = JSON.parse(output('sfdisk', '--json', path)).partitiontable
    t.strictSame(
      table.partitions.map(({ start, size, name }: { start: number; size: number; name: string }) => ({
        startByte: start * 512,
        sizeBytes: size * 512,
        name,
      })),
      image.layout.partitions.map(({ startByte, sizeBytes, name }) => ({ startByte, sizeBytes, name })),
    )
    const probe = (number: number) => {
      const { startByte = 0, sizeBytes = 0 } = image.layout.partitions[number - 1] ?? {}
      return output('blkid', '--probe', '-O', `${startByte}`, '-S', `${sizeBytes}`, '-o', 'export', path)
    }
    t.match(probe(1), /TYPE=vfat/)
    t.match(probe(1), /LABEL=ESP/)
    t.match(probe(2), new RegExp(`UUID=${ROOT_UUID}`))
    t.match(probe(3), /TYPE=swap/)

    t.equal(output('mtype', '-i', `${path}@@1048576`, '::/EFI/BOOT/BOOTX64.EFI'), 'MZ not really\n')
    const root = `${path}?offset=${image.layout.partitions[1]?.startByte}`
    t.match(output('debugfs', '-R', 'cat /etc/hello', root), /^hello$/m)
    t.match(output('debugfs', '-R', 'stat /etc/hello', root), /Mode:\s+0640/)
    const fstab = output('debugfs', '-R', 'cat /etc/fstab', root)
    t.match(fstab, `UUID=${ROOT_UUID}\t/\text4\trw,noatime\t0\t1`)
    t.match(fstab, /UUID=[0-9A-F]{4}-[0-9A-F]{4}\t\/boot\/efi\tvfat\tumask=0077\t0\t2/)
    t.notMatch(output('debugfs', '-R', 'ls /boot/efi', root), /EFI/, 'the directory below the ESP is empty')

    const variables = readFileSync(join(room, 'log', 'disk_var.sh'), 'utf8')
    t.match(variables, `ROOT_PARTITION=\${ROOT_PARTITION:-UUID=${ROOT_UUID}}`)
    t.match(variables, /BOOT_DEVICE=\$\{BOOT_DEVICE:-"\/dev\/loop[0-9]+"\}/)
    t.notOk(existsSync(`${path}.part`))
  })
})

t.test('programs of the target find /proc, /sys and /dev, and none of them stays', async t => {
  await withRoom(t, async room => {
    const there = (path: string) =>
      step(`find ${path}`, { kind: 'run', argv: ['test', '-e', { target: path }] })
    const paths = ['/proc/self/status', '/sys/kernel', '/dev/null', '/dev/pts']
    const kernel = step('kernel', { kind: 'mount-kernel-filesystems' })
    const { plan } = makePlan(join(room, 'web01.img'), [kernel, ...paths.map(there)])
    t.strictSame(await apply(plan, room), { failedScripts: [] })
    t.ok(existsSync('/dev/null'))
  })
})

t.test('an msdos table with logical partitions is made as planned', async t => {
  await withRoom(t, async room => {
    const path = join(room, 'web01.img')
    const config = `disk_config disk1 bootable:1
primary /      100-    ext4 rw
logical swap   16      swap sw
logical /var   20%-    ext4 rw
primary /srv   32      ext4 rw
`
    const { plan } = makePlan(path, FILES, config)
    t.strictSame(await apply(plan, room), { failedScripts: [] })
    const table = JSON.parse(output('sfdisk', '--json', path)).partitiontable
    t.strictSame(
      table.partitions.map(({ type }: { type: string }) => type),
      ['83', 'f', '83', '82', '83'],
    )
  })
})

t.test('a failing step leaves nothing behind, keeps the good image, and a second run succeeds', async t => {
  await withRoom(t, async room => {
    const path = join(room, 'web01.img')
    await apply(makePlan(path, FILES).plan, room)
    const before = statSync(path)

    const failing = step('broken', { kind: 'run', argv: ['sh', '-c', 'echo the reason >&2; exit 7'] })
    const { plan } = makePlan(path, [...FILES, failing])
    const error = await apply(plan, room).catch(thrown => thrown)
    t.match(error, { name: 'ApplyError', step: { id: 'broken' } })
    t.match(error.message, /exit code 7.*the reason.*software\.log/s)
    t.strictSame(identity(statSync(path)), identity(before), 'the image of the first run is untouched')

    t.strictSame(await apply(makePlan(path, FILES).plan, room), { failedScripts: [] })
    t.notOk(existsSync(`${path}.part`))
  })
})

t.test('SIGTERM ends the running program and its children, and cleans up', async t => {
  await withRoom(t, async room => {
    const abort = new AbortController()
    // As main.ts does it.
    process.once('SIGTERM', () => abort.abort(new Error('ended by SIGTERM')))
    const argv = ['sh', '-c', `sleep 61.25 & kill -TERM ${process.pid}; sleep 61.25`]
    const slow = step('slow', { kind: 'run', argv })
    const { plan } = makePlan(join(room, 'web01.img'), [slow])
    const error = await apply(plan, room, abort.signal).catch(thrown => thrown)
    t.match(error, { name: 'ApplyError', step: { id: 'slow' } })
    t.match(error.message, 'ended by SIGTERM')
    t.notMatch(output('ps', '-eo', 'args'), /sleep 61\.25/)
  })
})

t.test('a process that stays in the target is ended, so that the image can be unmounted', async t => {
  await withRoom(t, async room => {
    const path = join(room, 'web01.img')
    const perl = 'chroot shift or die; chdir "/"; sleep 62'
    const argv = ['setsid', '--fork', 'perl', '-e', perl, { target: '/' }]
    const daemon = step('daemon', { kind: 'run', argv })
    const { plan } = makePlan(path, [daemon])
    t.strictSame(await apply(plan, room), { failedScripts: [] })
    t.notMatch(output('ps', '-eo', 'args'), /perl .*sleep 62/)
  })
})

t.test('an image that is attached is refused before anything is done', async t => {
  await withRoom(t, async room => {
    const path = join(room, 'web01.img')
    const { plan } = makePlan(path, FILES)
    await apply(plan, room)
    const device = output('losetup', '--find', '--show', path).trim()
    try {
      const steps: string[] = []
      const error = await apply(plan, room, undefined, ({ id }) => steps.push(id)).catch(thrown => thrown)
      t.match(error, { name: 'RefusedError' })
      t.match(error.message, `is in use as ${device}`)
      t.strictSame(steps, [])
    } finally {
      output('losetup', '--detach', device)
    }
  })
})
