import { join } from 'node:path'
import t from 'tap'
import { withFiles } from '../testing/site-files.ts'
import { configCandidates, readConfig } from './read-config.ts'

const TEXT = 'sources: [{ kind: deps, path: class }]\n'

t.test('the option is the only candidate, then the variable, then the usual places', async t => {
  t.strictSame(configCandidates('a.yaml', 'b.yaml'), ['a.yaml'])
  t.strictSame(configCandidates(undefined, 'b.yaml'), ['b.yaml'])
  const usual = ['fai-classes.yaml', '/etc/fai-classes/config.yaml']
  t.strictSame(configCandidates(undefined, undefined), usual)
  t.strictSame(configCandidates(undefined, ''), usual)
})

t.test('the first candidate that is there counts, and its paths are relative to it', async t => {
  await withFiles({ 'site/c.yaml': TEXT }, async directory => {
    const { value } = await readConfig(['missing.yaml', 'site/c.yaml'], directory)
    t.equal(value?.path, 'site/c.yaml')
    t.equal(value?.resolvePath('class'), 'site/class')
    t.equal(value?.resolvePath('/srv/class'), '/srv/class')
  })
})

t.test('none is there: all that were looked for are named', async t => {
  await withFiles({}, async directory => {
    const { value, diagnostics } = await readConfig(['a.yaml', 'b.yaml'], directory)
    t.equal(value, undefined)
    t.match(diagnostics, [{ code: 'config-missing', message: /looked for a\.yaml, b\.yaml/ }])
  })
})

t.test('one that cannot be read is not passed over', async t => {
  await withFiles({ 'folder/x': '', 'c.yaml': TEXT }, async directory => {
    await t.rejects(readConfig(['folder', 'c.yaml'], directory), {
      name: 'SourceError',
      origin: { kind: 'file', path: join(directory, 'folder') },
    })
  })
})
