import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../../../testing/golden.ts'
import { valueFrom } from '../../../testing/image-plan.ts'
import { schemaFaults } from '../../../testing/schema-faults.ts'
import {
  content,
  diskLayout,
  foundDisk,
  groupLayout,
  logical,
  MIB,
  partition,
  raid,
  storagePlanOf,
  volume,
} from '../../../testing/storage-steps.ts'
import { STORAGE_STEP_KINDS } from '../storage-plan.ts'
import { formatStoragePlanJson } from './format-storage-plan.ts'

const PASSPHRASE = 'correct horse'
const line = content('/secret', 'ext4')
const plan = valueFrom(
  storagePlanOf(
    {
      disks: [
        diskLayout('sda', [
          partition('sda', 1, [1, 500], volume('/', 'ext4')),
          partition('sda', 2, [501, 500]),
          partition('sda', 3, [1001, 500]),
          partition('sda', 4, [1501, 500]),
        ]),
      ],
      arrays: [
        {
          ...{ device: '/dev/md0', members: ['/dev/sda2', 'missing'], spares: [], sizeBytes: 500 * MIB },
          ...{ volume: raid('1', content('/srv', 'xfs')), isFormatted: true },
        },
      ],
      volumeGroups: [
        groupLayout('vg0', ['/dev/sda3'], [logical('vg0', 'home', 100, content('/home', 'ext4'))]),
      ],
      encrypted: [
        {
          ...{ name: 'crypt_dev_sda4', device: '/dev/mapper/crypt_dev_sda4', on: '/dev/sda4' },
          sizeBytes: 500 * MIB,
          volume: {
            ...line,
            ...{ kind: 'luks', passphrase: PASSPHRASE, luksOptions: '', randomFill: true },
            device: { text: 'sda4', isSpare: false, isMissing: false, origin: line.origin },
          },
        },
      ],
    },
    { disks: [foundDisk('sda')] },
  ),
)
const json = formatStoragePlanJson(plan)

t.test('a plan as JSON is as its schema says', async t => {
  t.equal(await schemaFaults('disks-plan', json), '')
})

t.test('the schema knows every kind of step and no other', async t => {
  const schema = JSON.parse(readFileSync(join(ROOT, 'schema/disks-plan.schema.json'), 'utf8'))
  t.strictSame(schema.properties.steps.items.properties.kind.enum, STORAGE_STEP_KINDS)
})

t.test('the parts are those of the contract', async t => {
  const { disks, arrays, volumeGroups, encrypted, diskVariables, crypttab } = JSON.parse(json)
  t.strictSame(disks[0].partitions[0], {
    ...{ number: 1, kind: 'primary', name: ' ', startByte: MIB, sizeBytes: 500 * MIB },
    ...{ filesystem: 'ext4', mountPoint: '/', preserved: false },
  })
  t.strictSame(arrays, [
    {
      ...{ device: '/dev/md0', level: '1', members: ['/dev/sda2', 'missing'] },
      ...{ filesystem: 'xfs', mountPoint: '/srv' },
    },
  ])
  const volumes = [{ name: 'home', sizeBytes: 100 * MIB, filesystem: 'ext4', mountPoint: '/home' }]
  t.strictSame(volumeGroups, [{ name: 'vg0', devices: ['/dev/sda3'], volumes }])
  t.strictSame(encrypted, [{ device: '/dev/mapper/crypt_dev_sda4', on: '/dev/sda4', mountPoint: '/secret' }])
  t.strictSame(diskVariables, {
    ...{ ROOT_PARTITION: 'UUID=aaaa0007-bbbb-4ccc-8ddd-eeeeeeeeeeee', SWAPLIST: '' },
    ...{ BOOT_PARTITION: '/dev/sda1', BOOT_DEVICE: '/dev/sda', PHYSICAL_BOOT_DEVICES: '' },
  })
  t.equal(crypttab, 'crypt_dev_sda4\t/dev/sda4\tnone\tluks,discard\n')
})

t.test('a passphrase is given to the program, and shown nowhere', async t => {
  t.strictSame(
    plan.steps.flatMap(({ id, stdin }) => (typeof stdin === 'object' ? [[id, stdin]] : [])),
    [
      ['format-encrypted:/dev/sda4', { secret: PASSPHRASE }],
      ['open-encrypted:/dev/mapper/crypt_dev_sda4', { secret: PASSPHRASE }],
    ],
  )
  t.notMatch(json, PASSPHRASE)
})
