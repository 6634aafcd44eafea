import t from 'tap'
import { tableDifferences } from './partition-table.ts'

const ID = '11111111-2222-3333-4444-555555555555'
const TYPE = '0FC63DAF-8483-4772-8E79-3D69D8477DE4'
const row = {
  number: 1,
  startSector: 2048,
  sizeSectors: 4096,
  type: TYPE,
  name: 'root',
  uuid: ID,
  active: false,
}
const wanted = { format: 'gpt', id: ID, sectorBytes: 512, partitions: [row] } as const

const answer = (partition: object, table: object = {}): string =>
  JSON.stringify({
    partitiontable: {
      label: 'gpt',
      id: ID,
      device: 'a1.img',
      partitions: [
        { node: 'a1.img1', start: 2048, size: 4096, type: TYPE, uuid: ID, name: 'root', ...partition },
      ],
      ...table,
    },
  })

const cases: Record<string, { json: string; want: string[] }> = {
  'the same': { json: answer({}), want: [] },
  'a number behind p': { json: answer({ node: 'a1.imgp1' }), want: [] },
  'another start': {
    json: answer({ start: 2049 }),
    want: ['partition 1: start did not match (wanted 2048, found 2049)'],
  },
  'another type': {
    json: answer({ type: 'AA' }),
    want: [`partition 1: type did not match (wanted ${TYPE}, found AA)`],
  },
  'another name': {
    json: answer({ name: 'x' }),
    want: ['partition 1: name did not match (wanted root, found x)'],
  },
  'an attribute that was not wanted': {
    json: answer({ attrs: 'RequiredPartition' }),
    want: ['partition 1: attributes did not match (wanted none, found RequiredPartition)'],
  },
  'an active partition': {
    json: answer({ bootable: true }),
    want: ['partition 1: active did not match (wanted false, found true)'],
  },
  'another format': {
    json: answer({}, { label: 'dos' }),
    want: ['table: format did not match (wanted gpt, found dos)'],
  },
  'no table': {
    json: '{}',
    want: [
      'table: format did not match (wanted gpt, found none)',
      `table: id did not match (wanted ${ID}, found none)`,
      'table: number of partitions did not match (wanted 1, found 0)',
      'partition 1 is missing',
    ],
  },
}

for (const [name, { json, want }] of Object.entries(cases)) {
  t.test(`${name}: ${want.length} differences`, async t => t.strictSame(tableDifferences(wanted, json), want))
}
