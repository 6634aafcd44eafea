import t from 'tap'
import { identityChanges } from './refuse-resume.ts'

const DISK = { sizeBytes: 1000, sectorBytes: 512, model: 'DISK', serial: 'S1' }

t.test('a disk that has another name by now is found out', async t => {
  t.strictSame(identityChanges(DISK, DISK), [])
  t.strictSame(identityChanges(DISK, { ...DISK, serial: 'S2' }), ['serial number: wanted S1, found S2'])
  t.strictSame(identityChanges(DISK, { sizeBytes: 2000, sectorBytes: 512 }), [
    'size: wanted 1000, found 2000',
    'model: wanted DISK, found none',
    'serial number: wanted S1, found none',
  ])
})
