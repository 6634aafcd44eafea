import t from 'tap'
import type { Outcome } from '../../diagnostic/diagnostic.ts'
import { parseDiskConfig } from '../../language/disk-config-parse.ts'
import { foundDisk, holding, partitionedDisk, storageOf } from '../../testing/found-storage.ts'
import { countedUuids, valueFrom } from '../../testing/image-plan.ts'
import type { DiskSteps } from './image-steps.ts'
import { planOwnDisks } from './own-disks.ts'
import { planDisks } from './plan-disks.ts'
import type { StoragePlan } from './storage-plan.ts'

const FILE = 'disk_config/SERVER'
const BECAUSE = { class: 'SERVER', origin: { kind: 'file', path: FILE } } as const

/** A disk of 4 GiB, empty or with an old root. */
const MACHINE = storageOf([foundDisk('sda', 4096)])
const USED = storageOf([partitionedDisk('sda', 4096, 'gpt', [1, 1, 4000, holding('ext4')])])

const storageFor = (text: string, machine = MACHINE): StoragePlan =>
  valueFrom(
    planDisks({
      config: valueFrom(parseDiskConfig(text, FILE)),
      machine,
      ...{ disklist: undefined, isInitial: false, ignoredGroups: [], variables: {} },
      logDirectory: '/tmp/fai',
      newUuid: countedUuids(),
    }),
  )

const planFor = (storage: StoragePlan, kernel = ['ext4', 'vfat', 'btrfs']): Outcome<DiskSteps> =>
  planOwnDisks({
    ...{ storage, because: BECAUSE, configuration: 'digest', passphrases: [] },
    hasFilesystem: name => kernel.includes(name),
    saveLogsTo: '/var/log/fai/web01/install',
  })

const EFI = `disk_config disk1 disklabel:gpt
primary /boot/efi 200 vfat rw
primary / 1000- ext4 ro
primary swap 200 swap sw
primary /old 100 ext4 noauto
`

const linesOf = ({ prepare, afterBase, finish }: DiskSteps): readonly string[] =>
  [...prepare, ...afterBase, ...finish].map(({ task, title }) => `${task}: ${title}`)

t.test('the disks are laid out, mounted in the order of fstab, told to the target, and left', async t => {
  t.strictSame(linesOf(valueFrom(planFor(storageFor(EFI)))), [
    'partition: lay out the disks in 5 steps',
    'mountdisks: mount / /boot/efi below the target',
    'extrbase: put fstab, and what belongs to it, into the target',
    'savelog: copy the logs to /var/log/fai/web01/install',
    'savelog: unmount everything, and close what was opened',
  ])
})

t.test('a vfat that the kernel cannot mount is filled at the end', async t => {
  const plan = valueFrom(planFor(storageFor(EFI), ['ext4']))
  t.strictSame(plan.prepare[1]?.action, { kind: 'mount-fstab', filledLater: ['/boot/efi'] })
  t.match(linesOf(plan)[1], 'mount / /boot/efi below the target, without /boot/efi, filled at the end')
  t.strictSame(plan.finish[0]?.action, { kind: 'fill-vfat', device: '/boot/efi', from: '/boot/efi' })
})

t.test('it destroys where something was', async t => {
  const destroys = (machine: typeof MACHINE) =>
    valueFrom(planFor(storageFor(EFI, machine))).prepare.map(step => step.destroys)
  t.strictSame(destroys(USED), [true, false])
})

type Refusal = { text: string; kernel?: string[]; code: string; line?: number }

const refusals: Readonly<Record<string, Refusal>> = {
  'nothing is mounted at /': {
    text: 'disk_config disk1\nprimary /home 0- ext4 rw\n',
    code: 'root-filesystem-missing',
  },
  'the root is on another machine': {
    text: 'disk_config disk1\nprimary / 0- ext4 noauto\n',
    code: 'root-filesystem-missing',
  },
  'a file system that the kernel does not know, with its line': {
    text: 'disk_config disk1\nprimary / 1000 ext4 rw\nprimary /srv 1000 xfs rw\n',
    code: 'filesystem-unsupported',
    line: 3,
  },
  'a btrfs of subvolumes alike': {
    text: 'disk_config disk1\nprimary - 1000 - -\ndisk_config btrfs\nbtrfs single / disk1.1 rw,subvol=root\n',
    kernel: ['ext4'],
    code: 'filesystem-unsupported',
    line: 4,
  },
}

for (const [name, { text, kernel, code, line }] of Object.entries(refusals)) {
  t.test(`refused: ${name}`, async t => {
    const { value, diagnostics } = planFor(storageFor(text), kernel)
    t.equal(value, undefined)
    t.match(diagnostics, [{ code, origin: { path: FILE, ...(line === undefined ? {} : { line }) } }])
    t.equal(diagnostics.length, 1)
  })
}
