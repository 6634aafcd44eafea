import { chmod, readFile, readlink, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { withFiles } from '../testing/site-files.ts'
import type { ApplyContext } from './context.ts'
import { copyMachineFile } from './copy-machine-file.ts'

const step = { id: 'x', task: 'repository', title: 'x', because: [], destroys: false } as const

const copy = (file: { from: string; to: string; keep?: string }, target: string) => {
  const action = { kind: 'copy-machine-file', ...file } as const
  // The handler reads nothing else of a run.
  return copyMachineFile(action, { target } as ApplyContext, { ...step, action })
}

t.test('a link in the target stays, and is read as the target reads it', async t =>
  withFiles({ 'machine/resolv.conf': 'nameserver 192.0.2.1\n', 'target/etc/x': '' }, async directory => {
    const target = join(directory, 'target')
    await symlink('/run/systemd/resolve/stub-resolv.conf', join(target, 'etc/resolv.conf'))
    await copy({ from: join(directory, 'machine/absent'), to: '/etc/resolv.conf' }, target)
    await copy({ from: join(directory, 'machine/resolv.conf'), to: '/etc/resolv.conf' }, target)
    t.equal(await readlink(join(target, 'etc/resolv.conf')), '/run/systemd/resolve/stub-resolv.conf')
    const written = await readFile(join(target, 'run/systemd/resolve/stub-resolv.conf'), 'utf8')
    t.equal(written, 'nameserver 192.0.2.1\n')
  }),
)

t.test('the file of the base system is kept under another name', async t =>
  withFiles({ machine: 'of the machine\n', 'target/etc/hosts': 'of the base\n' }, async directory => {
    const target = join(directory, 'target')
    await chmod(join(directory, 'machine'), 0o775)
    await copy({ from: join(directory, 'machine'), to: '/etc/hosts', keep: '.orig' }, target)
    t.equal(await readFile(join(target, 'etc/hosts.orig'), 'utf8'), 'of the base\n')
    t.equal(await readFile(join(target, 'etc/hosts'), 'utf8'), 'of the machine\n')
    t.equal((await stat(join(target, 'etc/hosts'))).mode & 0o7777, 0o755, 'with the mode that cp gives it')
  }),
)
