import t from 'tap'
import type { FstabKey } from '../../language/disk-config.ts'
import { fstabName } from './fstab.ts'

const device = (key: FstabKey, names: object) => ({
  device: '/dev/sda1',
  key,
  mountPoint: '/',
  filesystem: 'ext4',
  mountOptions: 'rw',
  ...names,
})

const cases: Record<string, { key: FstabKey; names: object; want: string; wantInImage?: string }> = {
  'by device': { key: 'device', names: { uuid: 'u' }, want: '/dev/sda1' },
  'by UUID': { key: 'uuid', names: { uuid: 'u' }, want: 'UUID=u' },
  'by label': { key: 'label', names: { uuid: 'u', filesystemLabel: 'l' }, want: 'LABEL=l' },
  'by label, without one': { key: 'label', names: { uuid: 'u' }, want: '/dev/sda1', wantInImage: 'UUID=u' },
  'by the UUID of the partition': { key: 'partuuid', names: { partitionUuid: 'p' }, want: 'PARTUUID=p' },
  'by the name of the partition': { key: 'partlabel', names: { partitionName: 'n' }, want: 'PARTLABEL=n' },
  "by name, with FAI's name of one blank": {
    key: 'partlabel',
    names: { partitionName: ' ', uuid: 'u' },
    want: '/dev/sda1',
    wantInImage: 'UUID=u',
  },
}

for (const [name, { key, names, want, wantInImage }] of Object.entries(cases)) {
  t.test(`a row ${name}`, async t => {
    t.equal(fstabName(device(key, names), 'device'), want)
    if (wantInImage !== undefined) t.equal(fstabName(device(key, names), 'uuid'), wantInImage)
  })
}
