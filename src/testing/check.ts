import { join } from 'node:path'
import { runGroup } from './run-group.ts'
import { ROOT, readTestFiles, toTestKind } from './test-files.ts'

// Format, lint, types, and the fast tests, the import rules between rooms among them. Neither root nor a server.

/** No part may take longer; Node's own limit for a test does not end one that never yields. */
const LIMIT_MS = 300_000

/** What one run leaves for the next: compiled modules, and what the compiler knew of unchanged files. */
const CACHE = join(ROOT, 'node_modules/.cache/fai-classes')

type Outcome = { readonly ok: boolean; readonly output: string; readonly seconds: number }

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

/** Runs a program to its end and keeps what it says. */
const run = async (file: string, args: readonly string[]): Promise<Outcome> => {
  const start = performance.now()
  let output = ''
  const onText = (chunk: string) => {
    output += chunk
  }
  const { code, fault } = await runGroup({
    file,
    args,
    env: { ...process.env, NODE_COMPILE_CACHE: join(CACHE, 'compile'), TAP_TIMEOUT: '120' },
    timeoutMs: LIMIT_MS,
    signal: stop.signal,
    onStdout: onText,
    onStderr: onText,
  })
  if (fault !== undefined) output += `\n${fault}\n`
  return { ok: code === 0 && fault === undefined, output, seconds: (performance.now() - start) / 1000 }
}

process.chdir(ROOT)
const tool = (name: string) => join(ROOT, 'node_modules/.bin', name)
const fast = readTestFiles().filter(path => toTestKind(path) === 'fast')
const tests = ['--test', '--test-concurrency=2', '--test-timeout=120000', '--test-reporter=dot', ...fast]

const checks: readonly [string, Promise<Outcome>][] = [
  ['format and lint', run(tool('biome'), ['check', '--error-on-warnings', '.'])],
  [
    'types',
    run(tool('tsc'), [
      '--noEmit',
      '-p',
      '.',
      '--incremental',
      '--tsBuildInfoFile',
      join(CACHE, 'types.json'),
    ]),
  ],
  [`fast tests (${fast.length} files)`, run(process.execPath, tests)],
]
for (const [name, outcome] of checks) {
  const { ok, output, seconds } = await outcome
  if (!ok) {
    process.stdout.write(`${output.trimEnd()}\n`)
    process.exitCode = 1
  }
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${seconds.toFixed(1).padStart(6)} s  ${name}\n`)
}
