import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { ROOT } from './testing/golden.ts'
import { blocksOf, examplesOf, isOutputOf, readReadme } from './testing/readme.ts'
import { runGroup } from './testing/run-group.ts'
import { withFiles } from './testing/site-files.ts'

const run = promisify(execFile)
const blocks = blocksOf(await readReadme())
const LIMIT_MS = 900_000

t.setTimeout(LIMIT_MS)

/** Runs a line in a process group of its own: a test that is stopped leaves no installation behind. */
const runToEnd = async (command: string): Promise<string> => {
  let shown = ''
  const keep = (chunk: string): void => {
    shown += chunk
  }
  const { code, fault } = await runGroup({
    file: 'sh',
    args: ['-c', command],
    env: process.env,
    timeoutMs: LIMIT_MS - 30_000,
    signal: new AbortController().signal,
    onStdout: keep,
    onStderr: keep,
  })
  return code === 0 ? shown : `${shown}\nexit code ${code} ${fault ?? ''}`
}

/** The directory that the examples write to. */
const SHOWN_DIRECTORY = '/tmp/fai-classes-demo'

for (const example of blocks.filter(({ label }) => label === 'console root').flatMap(examplesOf)) {
  t.test(`line ${example.line}: ${example.command}`, async t => {
    await withFiles({}, async directory => {
      // A directory of this run, so that nothing of another one is in the way.
      const own = join(directory, 'demo')
      await mkdir(own)
      const command = example.command.replaceAll(SHOWN_DIRECTORY, own)
      const shown = await runToEnd(`cd '${ROOT}' && exec 2>&1; ${command}`)
      const printed = shown.replaceAll(own, SHOWN_DIRECTORY).trimEnd().split('\n')
      if (isOutputOf(example, printed)) t.pass('the output is the one shown')
      else t.strictSame(printed, example.output)
      await rm(own, { recursive: true })
    })
  })
}

t.test('named takes the policy that is shown for the key of register', async t => {
  const key = 'key register-key { algorithm hmac-sha256; secret "AAAA"; };\n'
  const policies = blocks.filter(({ label }) => label === 'named')
  t.equal(policies.length, 1)
  for (const { text } of policies) {
    await withFiles({ 'named.conf': key + text }, async directory => {
      await t.resolves(run('named-checkconf', [join(directory, 'named.conf')]))
    })
  }
})
