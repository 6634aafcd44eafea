import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runProgram } from '../testing/run-program.ts'
import { withFiles } from '../testing/site-files.ts'
import { ROOT } from '../testing/test-files.ts'

const SYSTEMD = join(ROOT, 'bin/systemd')
const INSTALLED = '/usr/local/bin/fai-classes'

t.test('systemd takes the unit, with nothing to say', async t => {
  const unit = await readFile(join(SYSTEMD, 'fai-classes-serve.service'), 'utf8')
  t.match(unit, `ExecStart=${INSTALLED} serve `)
  const here = unit.replace(INSTALLED, join(ROOT, 'bin/fai-classes'))
  await withFiles({ 'fai-classes-serve.service': here }, async directory => {
    const path = join(directory, 'fai-classes-serve.service')
    const said = await runProgram('sh', ['-c', 'exec systemd-analyze verify "$1" 2>&1', 'sh', path])
    t.equal(said, '')
  })
})

t.test('systemd-sysusers makes the user that the configuration names by default', async t => {
  await withFiles({ 'etc/passwd': '' }, async directory => {
    await runProgram('systemd-sysusers', [`--root=${directory}`, join(SYSTEMD, 'fai-classes.conf')])
    t.match(await readFile(join(directory, 'etc/passwd'), 'utf8'), /^_fai-classes:.*:\/usr\/sbin\/nologin$/m)
  })
})
