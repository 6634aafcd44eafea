import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { LocalStep } from '../plan/step.ts'
import { systemStep } from '../plan/system/system-step.ts'
import { openApply } from './apply-plan.ts'
import { makeRunner } from './runner.ts'

const root = mkdtempSync(join(tmpdir(), 'fai-classes-save-'))
t.teardown(() => rmSync(root, { recursive: true, force: true }))

const TO = '/var/log/fai/web01/install-20261122_120000'

const saveTo = async (target: string, logDirectory: string) => {
  const step: LocalStep = systemStep('savelog', 'save-logs', 'save', { kind: 'save-logs', to: TO })
  const signal = new AbortController().signal
  const setting = { run: makeRunner({}), searchPath: '', target, logDirectory, signal }
  const applying = await openApply(
    setting,
    () => ({}),
    text => text,
  )
  await applying.perform(step, 0)
}

t.test(
  'logs are copied into the target: no empty ones, with their times, for root and adm, with links',
  async t => {
    const [target, logs] = [join(root, 'target'), join(root, 'log')]
    mkdirSync(join(logs, 'more'), { recursive: true })
    mkdirSync(join(target, 'etc'), { recursive: true })
    mkdirSync(join(target, 'data'))
    mkdirSync(join(target, 'var'))
    // A link of the target is read as the target reads it.
    symlinkSync('/data', join(target, 'var/log'))
    writeFileSync(join(target, 'etc/group'), 'root:x:0:\nadm:x:4:\n')
    writeFileSync(join(logs, 'empty.log'), '')
    writeFileSync(join(logs, 'more/deep.log'), 'deep\n')
    writeFileSync(join(logs, 'FAI_CLASSES'), 'DEFAULT\nLAST\n')
    writeFileSync(join(logs, 'disk_var.sh'), 'SWAPLIST=\n')
    await saveTo(target, logs)

    const saved = join(target, 'data/fai/web01/install-20261122_120000')
    t.strictSame(readdirSync(saved).sort(), ['FAI_CLASSES', 'disk_var.sh', 'fai.log', 'more'])
    t.equal(readFileSync(join(saved, 'more/deep.log'), 'utf8'), 'deep\n')
    const { mode, gid } = statSync(saved)
    t.equal(mode & 0o777, 0o750)
    t.equal(gid, process.getuid?.() === 0 ? 4 : process.getgid?.())
    t.equal(
      Math.floor(statSync(join(saved, 'disk_var.sh')).mtimeMs),
      Math.floor(statSync(join(logs, 'disk_var.sh')).mtimeMs),
    )
    t.equal(readlinkSync(join(saved, '../last-install')), 'install-20261122_120000')
    t.equal(readlinkSync(join(saved, '../last')), 'install-20261122_120000')
    t.equal(readlinkSync(join(saved, '../../localhost')), 'web01')
    t.equal(readFileSync(join(target, 'var/lib/fai/FAI_CLASSES'), 'utf8'), 'DEFAULT\nLAST\n')
    t.equal(readFileSync(join(target, 'var/lib/fai/disk_var.sh'), 'utf8'), 'SWAPLIST=\n')
  },
)

t.test('a system that brings itself up to date has its logs there already', async t => {
  const target = join(root, 'running')
  const logs = join(target, TO)
  mkdirSync(logs, { recursive: true })
  writeFileSync(join(logs, 'FAI_CLASSES'), 'DEFAULT\n')
  await saveTo(target, logs)
  t.equal(readlinkSync(join(logs, '../last')), 'install-20261122_120000')
  t.equal(readFileSync(join(target, 'var/lib/fai/FAI_CLASSES'), 'utf8'), 'DEFAULT\n')
})
