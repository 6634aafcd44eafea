import { join } from 'node:path'
import t from 'tap'
import { formatStoragePlanJson } from '../../plan/disk/steps/format-storage-plan.ts'
import {
  difference,
  expectedOutputs,
  fstabRows,
  OWN_RESULTS,
  shellVariables,
  tableDifferences,
  withSortedSwap,
} from '../../testing/disk-answer.ts'
import { DISK_CASES, type DiskCase, readDiskCase, type SfdiskTable } from '../../testing/disk-case.ts'
import { ROOT } from '../../testing/golden.ts'
import { type LoopMachine, withLoopMachine } from '../../testing/loop-machine.ts'
import { planDiskCase } from '../../testing/plan-disk-case.ts'

/** Type of an EFI system partition (UEFI 2.10, section 5.3). */
const EFI_SYSTEM = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B'

const MARK = 'a file that was there before\n'

/** Runs `use` with the machine that a case is for. */
const withCase = (found: DiskCase, use: (machine: LoopMachine) => Promise<void>): Promise<void> =>
  withLoopMachine(found.storage.disks, found.storage.memoryBytes, async machine => {
    for (const command of found.firstCommands) await machine.shell(`${command}; udevsettle`)
    await use(machine)
  })

const disksCommand = (
  { path, expected, options, storage }: DiskCase,
  machine: LoopMachine,
  ...action: readonly string[]
) => {
  const disklist = options.disklist ?? storage.disks.map(({ name }) => name)
  const where = ['-f', path, '--disklist', disklist.join(' '), '--log-dir', join(machine.directory, 'log')]
  return machine.run([process.execPath, join(ROOT, 'src/main.ts'), 'disks', ...action, ...where], {
    NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/fai-classes/compile'),
    ...expected.env,
  })
}

/** The part of a plan as JSON that is the layout. */
const layoutOf = (plan: string): string => {
  const { disks, arrays, volumeGroups, encrypted } = JSON.parse(plan)
  return JSON.stringify({ disks, arrays, volumeGroups, encrypted }, undefined, 2)
}

/** The layout that is planned for the machine as it is now. */
const readLayout = async (found: DiskCase, machine: LoopMachine): Promise<string> => {
  const { code, stdout, stderr } = await disksCommand(found, machine, 'plan', '--format', 'json')
  if (code !== 0) throw new Error(stderr)
  return layoutOf(stdout)
}

const readTable = async (machine: LoopMachine, device: string): Promise<SfdiskTable | undefined> => {
  const { code, stdout } = await machine.run(['sfdisk', '-J', device])
  return code === 0 ? JSON.parse(stdout).partitiontable : undefined
}

const tablesDiffer = async (
  machine: LoopMachine,
  { storage }: DiskCase,
  expected: Readonly<Record<string, SfdiskTable>> = {},
): Promise<readonly string[]> => {
  const all = storage.disks.map(async ({ name, device }) =>
    tableDifferences(await readTable(machine, device), expected[name]),
  )
  return (await Promise.all(all)).flat()
}

type Filesystem = Readonly<Record<string, string>>

/** What `blkid` says of devices, by device and by its own words. */
const readFilesystems = async (
  machine: LoopMachine,
  devices: readonly string[],
): Promise<ReadonlyMap<string, Filesystem>> => {
  const { stdout } = await machine.run(['blkid', '-p', '-o', 'export', ...devices])
  return new Map(
    stdout.split('\n\n').map(block => {
      const fields = Object.fromEntries(
        [...block.matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]),
      )
      return [fields['DEVNAME'] ?? '', fields]
    }),
  )
}

const readOutputs = async (machine: LoopMachine, filesystems: ReadonlyMap<string, Filesystem>) => {
  const named = (text: string) =>
    [...filesystems].reduce(
      (result, [device, { UUID }]) =>
        UUID === undefined ? result : result.replaceAll(UUID, `<UUID:${device}>`),
      text,
    )
  const read = async (name: string) =>
    named(await machine.output('cat', join(machine.directory, 'log', name)))
  return {
    fstab: fstabRows(await read('fstab')),
    variables: withSortedSwap(shellVariables(await read('disk_var.sh'))),
  }
}

const onMounted = (machine: LoopMachine, device: string, command: string) =>
  machine.shell(
    `mkdir -p /run/at && mount ${device} /run/at && { ${command}; s=$?; umount /run/at; exit $s; }`,
  )

const kept = async (
  machine: LoopMachine,
  device: string,
  before: ReadonlyMap<string, Filesystem>,
  after: ReadonlyMap<string, Filesystem>,
): Promise<boolean> => {
  if (before.get(device)?.['UUID'] !== after.get(device)?.['UUID']) return false
  return (await onMounted(machine, device, 'cat /run/at/mark')) === MARK
}

/** Where the machine differs from what FAI made of it. */
const differencesOf = async (
  machine: LoopMachine,
  found: DiskCase,
  before: ReadonlyMap<string, Filesystem>,
): Promise<readonly string[]> => {
  const { exec } = found.expected
  const wanted = Object.entries(exec?.filesystems ?? {})
  const after = await readFilesystems(
    machine,
    wanted.map(([device]) => device),
  )
  const differences = [...(await tablesDiffer(machine, found, exec?.table))]
  for (const [device, { type, label, pttype }] of wanted) {
    const have = after.get(device)
    differences.push(
      ...difference(`type of ${device}`, have?.['TYPE'], type),
      ...difference(`label of ${device}`, have?.['LABEL'], label),
      ...difference(`table of ${device}`, have?.['PTTYPE'], pttype),
    )
  }
  for (const [device, isKept] of Object.entries(exec?.partition_kept_filesystem ?? {}))
    differences.push(...difference(`${device} stays`, await kept(machine, device, before, after), isKept))
  const outputs = await readOutputs(machine, after)
  const want = expectedOutputs(found.expected)
  return [
    ...differences,
    ...difference('fstab', outputs.fstab, want.fstab),
    ...difference('disk_var.sh', outputs.variables, want.variables),
  ]
}

/** The layout that is planned for the machine as it was first. */
const planLayout = (found: DiskCase): string => {
  const { value } = planDiskCase(found)
  return value === undefined ? '' : layoutOf(formatStoragePlanJson(value))
}

/** Puts a file on each file system of a machine that has not been changed yet. */
const markFilesystems = async (machine: LoopMachine, { expected }: DiskCase) => {
  const found = Object.entries(expected.initial?.filesystems ?? {}).filter(
    ([, { type }]) => type !== undefined,
  )
  const devices = found.map(([device]) => device)
  for (const device of devices) await onMounted(machine, device, `echo '${MARK.trim()}' > /run/at/mark`)
  return devices.length === 0 ? new Map() : readFilesystems(machine, devices)
}

/** All octets of the disks, and which of them are there: `tar` reads sparse files by their extents. */
const hashDisks = async (machine: LoopMachine, { storage }: DiskCase): Promise<string> => {
  const images = storage.disks.map(({ name }) => `${name}.img`)
  for (const { device } of storage.disks) await machine.output('blockdev', '--flushbufs', device)
  return machine.shell(`cd ${machine.directory} && tar --sparse -cf - ${images.join(' ')} | sha256sum`)
}

/** Runs the commands of FAI, in its order. */
const runFai = async (machine: LoopMachine, commands: readonly string[] = []) => {
  for (const command of commands) await machine.shell(`${command}; udevsettle`)
}

t.jobs = 2

t.test('FAI loses what is on a partition that it moves', { buffered: true }, async t => {
  const found = readDiskCase('70-resize-all-align.cfg')
  await withCase(found, async machine => {
    await markFilesystems(machine, found)
    t.equal(await onMounted(machine, '/dev/sda2', 'cat /run/at/mark'), MARK)
    await runFai(machine, found.expected.plan?.dry_run_lines)
    t.match((await readTable(machine, '/dev/sda'))?.partitions?.[1], { node: '/dev/sda2' })
    await t.rejects(onMounted(machine, '/dev/sda2', 'cat /run/at/mark'), { message: /mount/ })
  })
})

t.test('FAI marks a partition for the firmware that it cannot read', { buffered: true }, async t => {
  const found = readDiskCase('146-four-primaries-and-efi-second.cfg')
  await withCase(found, async machine => {
    await runFai(machine, found.expected.exec?.executed)
    const table = await readTable(machine, '/dev/sda')
    const marked = table?.partitions?.filter(({ type }) => type === EFI_SYSTEM).map(({ node }) => node) ?? []
    t.equal(marked.length, 1)
    const [filesystem] = [...(await readFilesystems(machine, marked)).values()]
    t.equal(filesystem?.['TYPE'], 'ext4', 'firmware reads FAT (UEFI 2.10, section 13.3)')
  })
})

for (const file of DISK_CASES) {
  const found = readDiskCase(file)
  const isOurs = OWN_RESULTS.has(file)
  if (found.expected.exec !== undefined)
    t.test(`${file} is applied`, { buffered: true }, async t =>
      withCase(found, async machine => {
        t.strictSame(await tablesDiffer(machine, found, found.expected.initial?.table), [], 'before')
        const before = await markFilesystems(machine, found)
        const { code, stderr } = await disksCommand(found, machine, 'apply', '--yes')
        t.equal(code, 0, stderr)
        const differences = await differencesOf(machine, found, before)
        if (isOurs) t.not(differences.length, 0, 'the row in the README of plan still holds')
        else t.strictSame(differences, [])
        t.equal(await readLayout(found, machine), planLayout(found), 'planned again')
      }),
    )
  else if (found.expected.status === 'error' && !isOurs)
    t.test(`${file} is refused`, { buffered: true }, async t =>
      withCase(found, async machine => {
        const before = await hashDisks(machine, found)
        const { code, stderr } = await disksCommand(found, machine, 'apply', '--yes')
        t.equal(code, 1, stderr)
        t.equal(await hashDisks(machine, found), before, 'not an octet was written')
      }),
    )
}
