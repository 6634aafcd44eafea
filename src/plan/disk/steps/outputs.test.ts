import t from 'tap'
import type { DiskConfig } from '../../../language/disk-config.ts'
import type { Storage } from '../../../model/storage.ts'
import { valueFrom } from '../../../testing/image-plan.ts'
import {
  content,
  diskLayout,
  foundDisk,
  foundPartition,
  groupLayout,
  keep,
  logical,
  partition,
  raid,
  storagePlanOf,
  volume,
} from '../../../testing/storage-steps.ts'
import type { EncryptedLayout, StorageLayout } from '../layout.ts'
import type { StorageInput } from './draft.ts'

const AT: readonly [number, number] = [1, 500]
const { origin } = content('/', 'ext4')
const uuid = (count: number) => `aaaa000${count}-bbbb-4ccc-8ddd-eeeeeeeeeeee`
const kept = foundPartition('sda', 1, AT, 'ext4')
const part = partition('sda', 1, AT)

const crypt = (kind: 'luks' | 'swap' | 'tmp', line: [string, string]): EncryptedLayout => ({
  ...{ name: 'crypt_dev_sda1', device: '/dev/mapper/crypt_dev_sda1', on: '/dev/sda1', sizeBytes: 1 },
  volume: {
    ...{ ...content(...line), kind, luksOptions: '', randomFill: false },
    device: { text: 'sda1', isSpare: false, isMissing: false, origin },
  },
})

type Case = {
  readonly layout: Partial<StorageLayout>
  readonly machine?: Partial<Storage>
  readonly config?: Pick<DiskConfig, 'tmpfs' | 'nfs'>
  readonly input?: Partial<StorageInput>
  readonly fstab: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly crypttab?: string
  readonly mdadmConf?: string
}

const cases: Record<string, Case> = {
  'a kept file system has the UUID and label that it had': {
    layout: { disks: [diskLayout('sda', [keep(kept, volume('/', 'ext4'))])] },
    machine: { disks: [foundDisk('sda', [kept])] },
    fstab: ['UUID=f0000001-1111-4222-8333-444444444444 / ext4 rw 0 1'],
    variables: {
      ROOT_PARTITION: 'UUID=f0000001-1111-4222-8333-444444444444',
      BOOT_PARTITION: '/dev/sda1',
      BOOT_DEVICE: '/dev/sda',
    },
  },
  'an array is what is booted from': {
    layout: {
      disks: [diskLayout('sda', [part], { isBootDisk: true })],
      arrays: [
        {
          ...{ device: '/dev/md0', members: ['/dev/sda1', 'missing'], spares: [], sizeBytes: 1 },
          ...{ volume: raid('1', content('/', 'ext4')), isFormatted: true },
        },
      ],
    },
    fstab: ['/dev/md0 / ext4 rw 0 1'],
    variables: { ROOT_PARTITION: '/dev/md0', BOOT_DEVICE: '/dev/md0', PHYSICAL_BOOT_DEVICES: '/dev/sda' },
    mdadmConf: 'HOMEHOST <system>\nARRAY /dev/md0 UUID=aaaa0002:bbbb4ccc:8dddeeee:eeeeeeee\n',
  },
  'a logical volume is booted from itself, swap on one is in the list': {
    layout: {
      disks: [diskLayout('sda', [part])],
      volumeGroups: [
        groupLayout(
          'vg0',
          ['/dev/sda1'],
          [
            logical('vg0', 'root', 100, content('/', 'ext4')),
            logical('vg0', 'swap', 100, content('swap', 'swap')),
          ],
        ),
      ],
    },
    fstab: ['/dev/vg0/root / ext4 rw 0 1', '/dev/vg0/swap none swap rw 0 0'],
    variables: { ROOT_PARTITION: '/dev/vg0/root', BOOT_DEVICE: '/dev/vg0/root', SWAPLIST: '/dev/vg0/swap' },
  },
  'a mapping is always named by its device; its key file stays': {
    layout: { disks: [diskLayout('sda', [part])], encrypted: [crypt('luks', ['/secret', 'ext4'])] },
    fstab: ['/dev/mapper/crypt_dev_sda1 /secret ext4 rw 0 2'],
    variables: {},
    crypttab: 'crypt_dev_sda1\t/dev/sda1\t/tmp/fai/crypt_dev_sda1\tluks,discard\n',
  },
  'swap with a random key': {
    layout: { disks: [diskLayout('sda', [part])], encrypted: [crypt('swap', ['swap', 'swap'])] },
    fstab: ['/dev/mapper/crypt_dev_sda1 none swap rw 0 0'],
    variables: { SWAPLIST: '/dev/mapper/crypt_dev_sda1' },
    crypttab: 'crypt_dev_sda1\t/dev/sda1\t/dev/urandom\tswap\n',
  },
  'subvolumes of one btrfs': {
    layout: {
      disks: [diskLayout('sda', [part])],
      btrfs: [
        {
          devices: ['/dev/sda1'],
          subvolumes: ['@', '@home'].map(name => ({
            name,
            volume: {
              ...content(name === '@' ? '/' : '/home', 'btrfs', { mountOptions: `subvol=${name}` }),
              ...{ profile: 'single', devices: [], btrfsOptions: '', fstabKey: 'uuid' },
            },
          })),
        },
      ],
    },
    fstab: [`UUID=${uuid(2)} / btrfs subvol=@ 0 1`, `UUID=${uuid(2)} /home btrfs subvol=@home 0 2`],
    variables: { ROOT_PARTITION: `UUID=${uuid(2)}`, BOOT_DEVICE: '/dev/sda1' },
  },
  'a file system without a known UUID is named by its device': {
    layout: { disks: [diskLayout('sda', [partition('sda', 1, AT, volume('/flash', 'f2fs'))])] },
    fstab: ['/dev/sda1 /flash f2fs rw 0 2'],
    variables: {},
  },
  'a journal elsewhere is not part of the name of a file system': {
    layout: {
      disks: [
        diskLayout('sda', [
          partition('sda', 1, AT, volume('-', 'ext4_journal')),
          partition('sda', 2, [501, 500], volume('/var', 'ext4:journal=/dev/sda1')),
        ]),
      ],
    },
    fstab: [`UUID=${uuid(4)} /var ext4 rw 0 2`],
    variables: {},
  },
  'nothing is booted from nfs': {
    layout: {},
    config: {
      tmpfs: [{ mountPoint: '/tmp', size: { kind: 'bytes', bytes: 2 ** 20 }, mountOptions: 'rw', origin }],
      nfs: [{ source: '192.0.2.9:/roots/HOSTNAME', mountPoint: '/', mountOptions: 'defaults', origin }],
    },
    input: { variables: { HOSTNAME: 'web01' } },
    fstab: ['192.0.2.9:/roots/web01 / nfs defaults 0 1', 'tmpfs /tmp tmpfs rw,size=1m 0 0'],
    variables: { ROOT_PARTITION: '192.0.2.9:/roots/web01' },
  },
}

const EMPTY = { SWAPLIST: '', BOOT_DEVICE: '', PHYSICAL_BOOT_DEVICES: '' }

for (const [name, { layout, machine, config, input, fstab, variables, ...files }] of Object.entries(cases)) {
  t.test(name, async t => {
    const disks = machine ?? { disks: [foundDisk('sda')] }
    const plan = valueFrom(storagePlanOf(layout, disks, { ...(config && { config }), ...input }))
    const rows = plan.fstab.split('\n').filter(line => line !== '' && !line.startsWith('#'))
    t.strictSame(
      rows.map(row => row.replaceAll('\t', ' ')),
      fstab,
    )
    t.strictSame(plan.diskVariables, { ...EMPTY, ...variables })
    t.equal(plan.crypttab, files.crypttab ?? '')
    t.equal(plan.mdadmConf, files.mdadmConf ?? '')
  })
}
