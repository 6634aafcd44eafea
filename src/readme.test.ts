import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseConfig } from './config/parse-config.ts'
import { CODES } from './diagnostic/diagnostic.ts'
import { ROOT } from './testing/golden.ts'
import { blocksOf, examplesOf, isOutputOf, readReadme, rewriteExample } from './testing/readme.ts'

const readme = await readReadme()
const blocks = blocksOf(readme)

/** Runs a line as a reader would type it in the checkout; what it prints on both channels, in order. */
const runShell = (command: string): Promise<string> =>
  new Promise(resolve => {
    const PATH = `${join(ROOT, 'bin')}:${process.env['PATH']}`
    execFile(
      'sh',
      ['-c', `exec 2>&1; ${command}`],
      { cwd: ROOT, env: { ...process.env, PATH } },
      (_, stdout) => resolve(stdout),
    )
  })

for (const block of blocks.filter(({ label }) => label === 'console')) {
  for (const example of examplesOf(block)) {
    t.test(`line ${example.line}: ${example.command}`, async t => {
      const printed = (await runShell(example.command)).trimEnd().split('\n')
      if (process.env['UPDATE_GOLDEN'] === '1' && !example.output.includes('...'))
        await rewriteExample(example, printed)
      else if (!isOutputOf(example, printed)) t.strictSame(printed, example.output)
      else t.pass()
    })
  }
}

t.test('the zone, the LDIF and the configuration are those of fixtures/demo', async t => {
  for (const [label, path] of [
    ['zone', 'fixtures/demo/example.test.zone'],
    ['ldif', 'fixtures/demo/directory.ldif'],
  ] as const) {
    const block = blocks.find(each => each.label === label)
    t.equal(block?.text, await readFile(join(ROOT, path), 'utf8'))
  }
})

for (const { line, text } of blocks.filter(({ label }) => label === 'yaml')) {
  t.test(`line ${line}: the configuration is one`, async t => {
    t.match(parseConfig(text, 'README.md'), { value: {}, diagnostics: [] })
  })
}

t.test('every diagnostic code has one row in the table', async t => {
  const rows = readme.split('\n').flatMap(line => /^\| `([a-z0-9-]+)` \|/.exec(line)?.[1] ?? [])
  const listed = rows.filter(code => (CODES as readonly string[]).includes(code))
  t.strictSame([...listed].sort(), [...CODES].sort())
})

t.test('what is shown is only what a test runs', async t => {
  const labels = ['console', 'console root', 'zone', 'ldif', 'yaml', 'text', 'named']
  t.strictSame(
    blocks.filter(({ label }) => !labels.includes(label)).map(({ label, line }) => `${line}: ${label}`),
    [],
  )
})
