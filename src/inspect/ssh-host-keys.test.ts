import { join } from 'node:path'
import t from 'tap'
import { withFiles } from '../testing/site-files.ts'
import { readSshHostKeys } from './ssh-host-keys.ts'

t.test('the public host keys of a directory, and nothing else of it', async t => {
  const files = {
    'ssh_host_ed25519_key.pub': 'ssh-ed25519 AAAA\n',
    'ssh_host_rsa_key.pub': 'ssh-rsa AAAA\n',
    ssh_host_rsa_key: 'private\n',
    'ssh_host_rsa_key-cert.pub': 'a certificate\n',
    sshd_config: '',
  }
  await withFiles(files, async directory => {
    t.strictSame(await readSshHostKeys(directory), [
      { path: join(directory, 'ssh_host_ed25519_key.pub'), text: 'ssh-ed25519 AAAA\n' },
      { path: join(directory, 'ssh_host_rsa_key.pub'), text: 'ssh-rsa AAAA\n' },
    ])
    t.strictSame(await readSshHostKeys(join(directory, 'nowhere')), [])
  })
})
