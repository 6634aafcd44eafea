import t from 'tap'
import { identityDifferences } from './device.ts'

const answer = 'DEVNAME=/dev/loop0\nLABEL=my\\ disk\nUUID=0A1B-2C3D\nVERSION=FAT32\nTYPE=vfat\n'

t.test('blkid says what was planned', async t => {
  const want = { type: 'vfat', uuid: '0A1B-2C3D', filesystemLabel: 'my disk' }
  t.strictSame(identityDifferences(want, answer), [])
  t.strictSame(identityDifferences({ type: 'vfat' }, answer), [])
})

t.test('differences are wanted before found', async t => {
  t.strictSame(identityDifferences({ type: 'ext4', uuid: 'u', filesystemLabel: 'l' }, 'TYPE=vfat\n'), [
    'type did not match (wanted ext4, found vfat)',
    'uuid did not match (wanted u, found none)',
    'label did not match (wanted l, found none)',
  ])
})
