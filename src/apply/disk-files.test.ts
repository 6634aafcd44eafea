import t from 'tap'
import { moveKeys } from './disk-files.ts'

t.test('keys of the log directory are in the target later, and everything else stays', async t => {
  const crypttab = [
    '# a comment',
    'crypt_dev_sda3\t/dev/sda3\t/tmp/fai/crypt_dev_sda3\tluks,discard',
    'swap\t/dev/sda2\t/dev/urandom\tswap',
    'asked\t/dev/sdb1\tnone\tluks',
    '',
  ].join('\n')
  const { text, keys } = moveKeys(crypttab, '/tmp/fai')
  t.equal(text, crypttab.replace('/tmp/fai/', '/etc/keys/'))
  t.strictSame(keys, ['crypt_dev_sda3'])
})
