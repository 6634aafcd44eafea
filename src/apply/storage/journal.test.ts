import { appendFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { StoragePlan, StorageStep } from '../../plan/disk/storage-plan.ts'
import { withFiles } from '../../testing/site-files.ts'
import { withNumberedSecrets } from './apply-storage.ts'
import { continueJournal, JOURNAL, readJournal, startJournal } from './journal.ts'

const step = (id: string): StorageStep => ({
  id,
  kind: 'create-filesystem',
  title: id,
  argv: ['mkfs', { secret: 'correct horse' }],
  needs: [],
  provides: [],
  destroys: true,
  device: '/dev/sda1',
  disks: ['/dev/sda'],
  repeat: 'safe',
})

const PLAN = {
  steps: [step('one'), step('two')],
  layout: { encrypted: [{ name: 'crypt', volume: { kind: 'luks', passphrase: 'correct horse' } }] },
  fstab: '# x\n',
} as unknown as StoragePlan

t.test('what was begun and done is read back; a line that was cut off was never written', async t => {
  await withFiles({}, async directory => {
    t.equal(await readJournal(directory), undefined)
    const writer = await startJournal(directory, { configuration: 'C', plan: PLAN })
    await writer.begin(step('one'), 'ext4 keep')
    await writer.done(step('one'))
    await writer.begin(step('two'), '')
    await writer.close()
    await appendFile(join(directory, JOURNAL), '{"done":"tw')
    const read = await readJournal(directory)
    t.match(read, { configuration: 'C', isFinished: false })
    t.strictSame([...(read?.begun ?? [])], ['one', 'two'])
    t.strictSame([...(read?.done ?? [])], ['one'])

    const again = await continueJournal(directory)
    await again.done(step('two'))
    await again.finish()
    await again.close()
    t.match(await readJournal(directory), { isFinished: true })
    t.strictSame([...((await readJournal(directory))?.done ?? [])], ['one', 'two'])
  })
})

t.test('a new journal keeps the old one beside it, and nobody else may read either', async t => {
  await withFiles({}, async directory => {
    for (const configuration of ['A', 'B'])
      await (await startJournal(directory, { configuration, plan: PLAN })).close()
    t.equal((await readJournal(directory))?.configuration, 'B')
    t.match(await readFile(join(directory, `${JOURNAL}.old`), 'utf8'), '"configuration":"A"')
    t.equal((await stat(join(directory, JOURNAL))).mode & 0o777, 0o600)
  })
})

t.test('no passphrase gets into the plan that is written down', async t => {
  const numbered = withNumberedSecrets(PLAN, ['other', 'correct horse'])
  t.notMatch(JSON.stringify(numbered), 'correct horse')
  t.strictSame(numbered.steps[0]?.argv, ['mkfs', { secret: '#1' }])
})

t.test('a line in the middle that is none is an error that names it', async t => {
  await withFiles({}, async directory => {
    await (await startJournal(directory, { configuration: 'C', plan: PLAN })).close()
    await appendFile(join(directory, JOURNAL), '{"begin":"one","bef\n{"done":"one"}\n')
    await t.rejects(readJournal(directory), {
      name: 'RefusedError',
      message: new RegExp(`^${join(directory, JOURNAL)}:2: a line of the journal`),
    })
  })
})
