import { readFile, readlink, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { withFiles } from '../testing/site-files.ts'
import type { ApplyContext } from './context.ts'
import { copyMachineFile } from './copy-machine-file.ts'

const step = { id: 'x', task: 'repository', title: 'x', because: [], destroys: false } as const

t.test('a link in the target stays, and is read as the target reads it', async t =>
  withFiles({ 'machine/resolv.conf': 'nameserver 192.0.2.1\n', 'target/etc/x': '' }, async directory => {
    const target = join(directory, 'target')
    await symlink('/run/systemd/resolve/stub-resolv.conf', join(target, 'etc/resolv.conf'))
    const copy = (name: string) => {
      const action = {
        kind: 'copy-machine-file',
        from: join(directory, name),
        to: '/etc/resolv.conf',
      } as const
      // The handler reads nothing else of a run.
      return copyMachineFile(action, { target } as ApplyContext, { ...step, action })
    }
    await copy('machine/absent')
    await copy('machine/resolv.conf')
    t.equal(await readlink(join(target, 'etc/resolv.conf')), '/run/systemd/resolve/stub-resolv.conf')
    const written = await readFile(join(target, 'run/systemd/resolve/stub-resolv.conf'), 'utf8')
    t.equal(written, 'nameserver 192.0.2.1\n')
  }),
)
