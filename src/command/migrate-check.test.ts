import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { ClassName } from '../model/class-name.ts'
import { commandDeps } from '../testing/command-run.ts'
import { checkMigration } from './migrate-check.ts'

const names = (...texts: string[]): ClassName[] => texts as ClassName[]

const directory = await mkdtemp(join(tmpdir(), 'fai-classes-migrate-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
await mkdir(join(directory, 'class'))

const check = (memberships: readonly string[]) =>
  checkMigration(
    { domain: [], hosts: [{ host: 'web01', memberships }], definitions: [] },
    {
      lists: [{ host: 'web01', classes: names('FAIBASE', 'WEB') }],
      facts: [],
      domain: 'example.test',
      directory,
      scratch: directory,
    },
    commandDeps({}),
  )

t.test('what resolves to the lists of the scripts is good', async t => {
  t.strictSame(await check(['FAIBASE WEB']), [])
})

t.test('another order, or another class, is told and nothing is printed', async t => {
  for (const wrong of ['WEB FAIBASE', 'FAIBASE', 'FAIBASE WEB MORE']) {
    t.match(await check([wrong]), [{ severity: 'error', code: 'migration-differs' }], wrong)
  }
})
