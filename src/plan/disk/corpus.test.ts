import { readFileSync } from 'node:fs'
import t from 'tap'
import { parseDiskConfig } from '../../language/disk-config-parse.ts'
import {
  difference,
  expectedOutputs,
  farDifference,
  fstabRows,
  OWN_RESULTS,
  tableDifferences,
  withSortedSwap,
} from '../../testing/disk-answer.ts'
import { DISK_CASES, type ExpectedDisks, readDiskCase, type SfdiskTable } from '../../testing/disk-case.ts'
import { orderDifferences } from '../../testing/disk-order.ts'
import { planDiskCase } from '../../testing/plan-disk-case.ts'
import type { DiskLayout, StorageLayout } from './layout.ts'
import type { StoragePlan } from './storage-plan.ts'

const MIB = 1024 ** 2

type Extent = { device: string; start: number; size: number }

const commandsOf = ({ exec, plan }: ExpectedDisks): readonly string[] =>
  exec?.executed ?? plan?.dry_run_lines ?? []

/** Partitions in the order in which FAI made them, from the parted calls for its last table of each disk. */
const faiExtents = (expected: ExpectedDisks): Extent[] => {
  const byDisk = new Map<string, Extent[]>()
  for (const line of commandsOf(expected)) {
    const [, labelled] = /^parted -s (\S+) mklabel /.exec(line) ?? []
    if (labelled !== undefined) byDisk.set(labelled, [])
    const [, device, from, to] = /^parted -s (\S+) mkpart .* ([0-9.]+)B ([0-9.]+)B$/.exec(line) ?? []
    if (device === undefined) continue
    byDisk.get(device)?.push({ device, start: Number(from), size: Number(to) + 1 - Number(from) })
  }
  return [...byDisk.values()].flat()
}

const ourExtents = (layouts: readonly DiskLayout[]): Extent[] =>
  layouts.flatMap(({ device, partitions, keepsTable }) =>
    keepsTable
      ? []
      : partitions.map(({ startByte, sizeBytes }) => ({ device, start: startByte, size: sizeBytes })),
  )

const sorted = (extents: Extent[]): Extent[] =>
  [...extents].sort((a, b) =>
    a.device < b.device ? -1 : a.device > b.device ? 1 : a.start - b.start || b.size - a.size,
  )

const extentDifferences = ({ disks }: StorageLayout, expected: ExpectedDisks): readonly string[] => {
  const wanted = sorted(faiExtents(expected))
  const got = sorted(ourExtents(disks))
  return [
    ...difference(
      'disks of the partitions',
      got.map(({ device }) => device),
      wanted.map(({ device }) => device),
    ),
    ...wanted.flatMap(({ start, size }, index) => [
      ...farDifference(`start of partition ${index}`, got[index]?.start, start),
      ...farDifference(`size of partition ${index}`, got[index]?.size, size),
    ]),
  ]
}

/** As `sfdisk -J` will show it; attributes besides the active flag are left to the run. */
const toSfdiskTable = ({ table, sectorBytes, partitions, whole }: DiskLayout): SfdiskTable | undefined =>
  whole === undefined
    ? {
        label: table === 'gpt' ? 'gpt' : 'dos',
        sectorsize: sectorBytes,
        partitions: partitions.map(({ device, startByte, sizeBytes, type, name, active }) => ({
          node: device,
          start: startByte / sectorBytes,
          size: sizeBytes / sectorBytes,
          type: table === 'gpt' ? type : type.toLowerCase(),
          ...(name === undefined ? {} : { name }),
          ...(active ? { bootable: true } : {}),
        })),
      }
    : undefined

const diskDifferences = ({ disks }: StorageLayout, { exec }: ExpectedDisks): readonly string[] => [
  ...(exec === undefined
    ? []
    : disks.flatMap(disk =>
        tableDifferences(toSfdiskTable(disk), exec.table?.[disk.device.slice('/dev/'.length)]),
      )),
  ...disks.flatMap(({ partitions }) =>
    partitions.flatMap(({ device, isFormatted }) => {
      const isKept = exec?.partition_kept_filesystem?.[device]
      return isKept === undefined ? [] : difference(`${device} stays`, !isFormatted, isKept)
    }),
  ),
]

const words = (text = ''): readonly string[] => text.trim().split(/ +/).sort()

/** Logical volumes, arrays, mappings, groups and btrfs, by the calls that make them. */
const stackedDifferences = (layout: StorageLayout, expected: ExpectedDisks): readonly string[] =>
  commandsOf(expected).flatMap(line => {
    const [, name, mib, on] = /^lvcreate .*-n (\S+) -L ([0-9.]+) (\S+)$/.exec(line) ?? []
    const volume = layout.volumeGroups
      .flatMap(({ volumes }) => volumes)
      .find(({ device }) => device === `/dev/${on}/${name}`)
    const [, array, level, list] =
      /^yes \| mdadm --create (\S+) --level=raid(\d+) .*-devices=\d+ (.*)$/.exec(line) ?? []
    const found = layout.arrays.find(({ device }) => device === array)
    const [, crypt, mapping] = /^cryptsetup luksOpen (\S+) (\S+) /.exec(line) ?? []
    const [, group, physical] = /^vgcreate +(\S+) +(.*)$/.exec(line) ?? []
    const [, profile, devices] = /^mkfs.btrfs -d (\S+) .*?((?: \/dev\/\S+)+)$/.exec(line) ?? []
    const btrfs = layout.btrfs.find(each => words(devices).includes(each.devices[0] ?? ''))
    return [
      ...(name === undefined ? [] : farDifference(`size of ${name}`, volume?.sizeBytes, Number(mib) * MIB)),
      ...(array === undefined
        ? []
        : [
            ...difference(`level of ${array}`, found?.volume.level, level),
            ...difference(
              `members of ${array}`,
              [...(found?.members ?? []), ...(found?.spares ?? [])].sort(),
              words(list),
            ),
          ]),
      ...(mapping === undefined
        ? []
        : difference(`${crypt}`, layout.encrypted.find(({ on }) => on === crypt)?.name, mapping)),
      ...(group === undefined
        ? []
        : difference(
            `devices of ${group}`,
            [...(layout.volumeGroups.find(each => each.name === group)?.devices ?? [])].sort(),
            words(physical),
          )),
      ...(profile === undefined
        ? []
        : difference(
            `devices and profile of ${devices}`,
            [[...(btrfs?.devices ?? [])].sort(), btrfs?.subvolumes[0]?.volume.profile ?? 'single'],
            [words(devices), profile],
          )),
    ]
  })

/** Each UUID by the device that will have it. */
const withNamedUuids = ({ steps }: StoragePlan, text: string): string =>
  steps.reduce(
    (result, { expects }) =>
      expects?.kind === 'content' && expects.uuid !== undefined
        ? result.replaceAll(expects.uuid, `<UUID:${expects.device}>`)
        : result,
    text,
  )

const outputDifferences = (plan: StoragePlan, expected: ExpectedDisks): readonly string[] => {
  const want = expectedOutputs(expected)
  const { diskVariables } = plan
  const variables = Object.keys(want.variables).map(name => [
    name,
    withNamedUuids(plan, diskVariables[name] ?? 'unset'),
  ])
  const more = Object.keys(diskVariables).filter(
    name => name !== 'PHYSICAL_BOOT_DEVICES' && want.variables[name] === undefined,
  )
  return [
    ...difference('fstab', fstabRows(withNamedUuids(plan, plan.fstab)), want.fstab),
    ...difference('variables', withSortedSwap(Object.fromEntries(variables)), want.variables),
    ...difference('more variables', more, []),
    ...difference('crypttab', fstabRows(plan.crypttab), [...(expected.plan?.crypttab ?? [])].sort()),
  ]
}

t.test('FAI makes no file system for a btrfs on a logical volume', async t => {
  const { expected } = readDiskCase('68-btrfs-on-lv.cfg')
  t.match(expected.plan?.fstab, /^\/dev\/v\/root\t\/\tbtrfs\t/m, 'its root is to be mounted from there')
  t.notMatch(commandsOf(expected).join('\n'), /^(mkfs|btrfs).*\/dev\/v\/root/m, 'and nothing is there')
})

const counts = { compared: 0, rejected: 0, parsed: 0, different: 0 }

t.ok(DISK_CASES.length > 90, `the corpus beside the repository has ${DISK_CASES.length} cases`)

for (const file of DISK_CASES) {
  t.test(file, async t => {
    const found = readDiskCase(file)
    const { expected } = found
    const { value: plan, diagnostics } = planDiskCase(found)
    const faults = expected.mode === 'syntax' ? parseDiskConfig(found.text, file).diagnostics : diagnostics
    const codes = faults.filter(({ severity }) => severity === 'error').map(({ code }) => code)
    const own = OWN_RESULTS.get(file)
    const status = codes.length > 0 ? 'error' : 'ok'
    const differences =
      status !== expected.status
        ? [`${status}, FAI's ${expected.status}`]
        : plan === undefined || expected.mode === 'syntax'
          ? []
          : [
              ...extentDifferences(plan.layout, expected),
              ...diskDifferences(plan.layout, expected),
              ...stackedDifferences(plan.layout, expected),
              ...orderDifferences(plan.steps, expected),
              ...outputDifferences(plan, expected),
            ]
    if (own === undefined) t.strictSame(differences, [])
    else {
      t.not(differences.length, 0, 'the row in README still holds')
      t.comment(differences.join('\n'))
      t.strictSame(codes, own.ours.startsWith('refused: ') ? [own.ours.slice('refused: '.length)] : [])
    }
    if (own !== undefined) counts.different++
    else if (expected.mode === 'syntax') counts.parsed++
    else if (expected.status === 'error') counts.rejected++
    else counts.compared++
  })
}

t.test('every case is compared or rejected', async t => {
  t.comment(JSON.stringify(counts))
  t.ok(counts.compared >= 50, 'most of them are compared')
})

t.test('each row of README is a case, and a test shows what is wrong with the result of FAI', async t => {
  const shows = ['./corpus.test.ts', '../../apply/storage/corpus.root.test.ts'].map(path =>
    readFileSync(new URL(path, import.meta.url), 'utf8'),
  )
  t.ok(OWN_RESULTS.size > 0 && OWN_RESULTS.size <= 12, `${OWN_RESULTS.size} rows`)
  for (const [file, { shownBy }] of OWN_RESULTS) {
    t.ok(DISK_CASES.includes(file), file)
    if (shownBy === '') t.equal(readDiskCase(file).expected.status, 'error', 'FAI trips over form only')
    else
      t.ok(
        shows.some(text => text.includes(`test('${shownBy}'`)),
        `there is the test "${shownBy}"`,
      )
  }
})
