import t from 'tap'
import { refsOf } from '../../../testing/disk-config.ts'
import { foundDisk } from '../../../testing/found-storage.ts'
import { encryptedName, partitionDevice, referencedDevice } from './device-name.ts'

const listed = [
  foundDisk('sda', 4096, { links: ['/dev/disk/by-id/ata-X1'] }),
  undefined,
  foundDisk('nvme0n1', 4096, { links: ['/dev/disk/by-id/nvme-Y'] }),
]

const words: Record<string, string | undefined> = {
  disk1: '/dev/sda',
  'disk1.2': '/dev/sda2',
  disk2: undefined,
  'disk2.1': undefined,
  'disk3.1': '/dev/nvme0n1p1',
  sda1: '/dev/sda1',
  '/dev/sda1': '/dev/sda1',
  md0: '/dev/md0',
  '/dev/md/0': '/dev/md0',
  'vg0/root': '/dev/vg0/root',
  '/dev/disk/by-id/ata-X1': '/dev/sda',
  '/dev/disk/by-id/ata-X1-part3': '/dev/sda3',
  'disk/by-id/nvme-Y': '/dev/nvme0n1',
  '/dev/disk/by-id/nvme-Y-part1': '/dev/nvme0n1p1',
  '/dev/disk/by-id/none-part1': '/dev/disk/by-id/none-part1',
}

for (const [word, want] of Object.entries(words)) {
  t.test(`"${word}" is ${want ?? 'no device'}`, async t => {
    const [ref] = refsOf(word)
    t.equal(ref && referencedDevice(ref, listed), want)
  })
}

const partitions: Record<string, string> = {
  '/dev/sda': '/dev/sda1',
  '/dev/xvda': '/dev/xvda1',
  '/dev/nvme0n2': '/dev/nvme0n2p1',
  '/dev/mmcblk0': '/dev/mmcblk0p1',
  '/dev/loop7': '/dev/loop7p1',
  '/dev/md127': '/dev/md127p1',
  '/dev/cciss/c0d0': '/dev/cciss/c0d0p1',
}

for (const [disk, want] of Object.entries(partitions)) {
  t.test(`the first partition of ${disk}`, async t => t.equal(partitionDevice(disk, 1), want))
}

t.test('a mapping has the name of its device', async t => {
  t.equal(encryptedName('/dev/vg0/home'), 'crypt_dev_vg0_home')
})
