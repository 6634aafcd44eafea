import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import t from 'tap'
import { hasErrors } from '../../diagnostic/diagnostic.ts'
import { readZone } from './read.ts'

const FIXTURES = `${import.meta.dirname}/../../../fixtures/zone`
const { signal } = new AbortController()

/** named looks for included files beside itself, we beside the file (as a repository of zones needs it). */
const DIFFERENT = new Set(['include'])

for (const name of (await readdir(FIXTURES)).filter(folder => !DIFFERENT.has(folder))) {
  t.test(`${name}: named-checkzone and we agree whether the zone is good`, async t => {
    const cwd = `${FIXTURES}/${name}`
    const { status } = spawnSync('named-checkzone', ['-q', 'example.test', 'example.test.zone'], { cwd })
    const { diagnostics } = await readZone('example.test', `${cwd}/example.test.zone`, signal)
    t.equal(hasErrors(diagnostics), status !== 0)
  })
}

t.test('each faulty line alone is refused by both', async t => {
  const faulty = await readZone('example.test', `${FIXTURES}/syntax-errors/example.test.zone`, signal)
  const { readFile } = await import('node:fs/promises')
  const lines = (await readFile(`${FIXTURES}/syntax-errors/example.test.zone`, 'utf8')).split('\n')
  const good = '$TTL 300\n@ SOA ns1 hostmaster 1 3600 900 604800 300\n@ NS ns1\nns1 A 127.0.0.1\n'
  for (const { origin } of faulty.diagnostics) {
    const line = (origin.kind === 'file' && lines[(origin.line ?? 0) - 1]) || ''
    // named has $GENERATE, keeps unknown directives of its own, and takes a blank owner as that of the line before.
    if (line.startsWith('$GENERATE') || line.startsWith('  ')) continue
    const directory = t.testdir({ 'one.zone': `${good}${line}\n` })
    const { status } = spawnSync('named-checkzone', ['-q', 'example.test', `${directory}/one.zone`])
    t.not(status, 0, line)
  }
})
