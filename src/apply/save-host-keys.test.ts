import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { withFiles } from '../testing/site-files.ts'
import type { ApplyContext } from './context.ts'
import { saveLogs } from './save-logs.ts'

t.test(
  'logs go into the target, its public host keys into the log directory, those of an earlier run go',
  async t => {
    const files = {
      'target/etc/ssh/ssh_host_ed25519_key.pub': 'new\n',
      'target/etc/ssh/ssh_host_ed25519_key': 'private\n',
      'target/keys/ssh_host_rsa_key.pub': 'behind a link\n',
      'log/ssh_host_dsa_key.pub': 'old\n',
      'log/fai.log': 'done\n',
    }
    await withFiles(files, async directory => {
      const [target, logDirectory] = ['target', 'log'].map(name => join(directory, name)) as [string, string]
      await symlink('/keys/ssh_host_rsa_key.pub', join(target, 'etc/ssh/ssh_host_rsa_key.pub'))
      await symlink('/nowhere', join(target, 'etc/ssh/ssh_host_ecdsa_key.pub'))
      const context = { target, logDirectory } as ApplyContext
      const save = () => saveLogs({ kind: 'save-logs', to: '/var/log/fai' }, context, {} as never)
      await save()
      const kept = ['fai.log', 'ssh_host_ed25519_key.pub', 'ssh_host_rsa_key.pub']
      t.strictSame((await readdir(logDirectory)).sort(), kept)
      t.strictSame((await readdir(join(target, 'var/log/fai'))).sort(), kept)
      t.equal(await readFile(join(logDirectory, 'ssh_host_rsa_key.pub'), 'utf8'), 'behind a link\n')
    })
  },
)

t.test('a target without sshd has no keys', async t => {
  await withFiles({ 'log/fai.log': '' }, async directory => {
    const [target, logDirectory] = ['target', 'log'].map(name => join(directory, name)) as [string, string]
    await mkdir(target)
    await writeFile(join(logDirectory, 'ssh_host_rsa_key.pub'), 'old\n')
    await saveLogs({ kind: 'save-logs', to: '/log' }, { target, logDirectory } as ApplyContext, {} as never)
    t.strictSame(await readdir(logDirectory), ['fai.log'])
  })
})
