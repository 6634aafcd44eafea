import t from 'tap'
import type { KernelPartition } from '../../inspect/storage/block-device.ts'
import type { PartitionTable } from '../../plan/disk/layout.ts'
import { outdatedPartitions } from './kernel.ts'

const row = (number: number, startSector: number, sizeSectors: number) => ({
  number,
  startSector,
  sizeSectors,
  type: '83',
  active: false,
})
const known = (start: number, size: number): KernelPartition => ({
  devno: '259:0',
  holders: [],
  startByte: start * 512,
  sizeBytes: size * 512,
})

const TABLE: PartitionTable = {
  format: 'dos',
  id: '0x12345678',
  sectorBytes: 512,
  partitions: [row(1, 2048, 2048), row(2, 4096, 8192), row(5, 6144, 2048)],
}

t.test('the kernel forgets partitions that lie elsewhere, have another size, or are gone', async t => {
  const partitions = new Map([
    [1, known(2048, 2048)],
    [2, known(4096, 4096)],
    [3, known(8192, 2048)],
    [5, known(4096, 2048)],
  ])
  t.strictSame(outdatedPartitions(partitions, TABLE), [2, 3, 5])
})

t.test('one that stays where it is may be in use', async t => {
  t.strictSame(outdatedPartitions(new Map([[1, known(2048, 2048)]]), TABLE), [])
})

t.test('the table counts in sectors, whatever their size', async t => {
  const table = { ...TABLE, sectorBytes: 4096 }
  t.strictSame(outdatedPartitions(new Map([[1, known(2048 * 8, 2048 * 8)]]), table), [])
})
