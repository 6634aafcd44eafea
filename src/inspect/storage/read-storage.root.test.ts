import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readCommand } from '../runner.ts'
import { readStorage } from './read-storage.ts'

const run = (program: string, args: readonly string[], input = ''): string => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', input })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
  return stdout.trim()
}

const MIB = 1024 ** 2

/** Runs `use` with a loop device over an empty file; both go whatever happened. */
const withLoop = async (sectorBytes: number, use: (device: string) => Promise<void>): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'fai-classes-loop-'))
  let device: string | undefined
  try {
    const file = join(directory, 'disk')
    writeFileSync(file, '')
    truncateSync(file, 64 * MIB)
    device = run('losetup', ['--find', '--show', '--sector-size', String(sectorBytes), file])
    await use(device)
  } finally {
    if (device !== undefined) run('losetup', ['--detach', device])
    rmSync(directory, { recursive: true, force: true })
  }
}

const read = (device: string) =>
  readStorage({
    diskNames: [device.slice('/dev/'.length)],
    memoryBytes: 1024 * MIB,
    read: readCommand,
    signal: new AbortController().signal,
  })

t.test('an empty disk has neither table nor content', async t => {
  await withLoop(4096, async device => {
    const [disk] = (await read(device)).disks
    t.match(disk, { device, sizeBytes: 64 * MIB, sectorBytes: 4096, isReadOnly: false, holders: [] })
    t.equal(disk?.table, undefined)
    t.equal(disk?.content, undefined)
  })
})

t.test('a GPT with what its partitions hold, though the kernel does not know them', async t => {
  await withLoop(512, async device => {
    const script = 'label: gpt\nstart=2048, size=65536, name="root"\nstart=67584, size=32768, type=swap\n'
    run('sfdisk', ['--quiet', '--no-tell-kernel', device], script)
    run('mkfs.ext4', ['-q', '-L', 'keep me', '-E', `offset=${MIB}`, device, '32M'])
    const [disk] = (await read(device)).disks
    t.equal(disk?.table?.format, 'gpt')
    t.match(disk?.table?.partitions, [
      {
        number: 1,
        device: `${device}p1`,
        startByte: MIB,
        sizeBytes: 32 * MIB,
        name: 'root',
        content: { type: 'ext4', label: 'keep me' },
      },
      { number: 2, type: '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F' },
    ])
    t.equal(disk?.table?.partitions[1]?.content, undefined)
  })
})

t.test('a mounted file system says where', async t => {
  await withLoop(512, async device => {
    run('mkfs.ext4', ['-q', device])
    const directory = mkdtempSync(join(tmpdir(), 'fai-classes-mount-'))
    run('mount', [device, directory])
    try {
      t.match((await read(device)).disks, [{ content: { type: 'ext4' }, mountPoints: [directory] }])
    } finally {
      run('umount', [directory])
      rmSync(directory, { recursive: true })
    }
  })
})

t.test('an LVM group that is not active, found by its physical volume', async t => {
  await withLoop(512, async device => {
    const group = `test${process.pid}`
    run('pvcreate', ['-ff', '-y', device])
    run('vgcreate', [group, device])
    try {
      const lvcreate = ['--driverloaded', 'n', '-an', '-Zn', '-Wn', '-y', '-n', 'root', '-L', '20M', group]
      run('lvcreate', lvcreate)
      const { disks, volumeGroups } = await read(device)
      t.match(disks, [{ content: { type: 'LVM2_member' } }])
      t.match(
        volumeGroups.filter(({ name }) => name === group),
        [
          {
            extentBytes: 4 * MIB,
            physicalVolumes: [device],
            volumes: [{ name: 'root', device: `/dev/${group}/root`, sizeBytes: 20 * MIB, isActive: false }],
          },
        ],
      )
    } finally {
      run('vgremove', ['--driverloaded', 'n', '-f', group])
    }
  })
})

t.test('a disk that is not there is an error that names it', async t => {
  await t.rejects(read('/dev/nosuch0'), {
    name: 'SourceError',
    origin: { kind: 'device', path: '/dev/nosuch0' },
  })
})

t.test('this machine without being told which disks', async t => {
  const storage = await readStorage({
    memoryBytes: 1,
    read: readCommand,
    signal: new AbortController().signal,
  })
  for (const { name } of storage.disks) t.notMatch(name, /^(loop|ram|sr)/)
  t.type(storage.arrays, Array)
})
