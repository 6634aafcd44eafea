import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT, readTestFiles, toTestKind } from './test-files.ts'

// Format, lint, types, and the fast tests, the import rules between rooms among them. Neither root nor a server.

type Outcome = { readonly ok: boolean; readonly output: string; readonly seconds: number }

/** Runs a program to its end and keeps what it says. */
const run = (file: string, args: readonly string[]): Promise<Outcome> =>
  new Promise(resolve => {
    const start = performance.now()
    const child = spawn(file, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', chunk => {
        output += chunk
      })
    }
    const end = (ok: boolean) => resolve({ ok, output, seconds: (performance.now() - start) / 1000 })
    child.once('error', error => {
      output += error.message
      end(false)
    })
    child.once('close', code => end(code === 0))
  })

const tool = (name: string) => join(ROOT, 'node_modules/.bin', name)
const fast = readTestFiles().filter(path => toTestKind(path) === 'fast')
const tests = ['--test', '--test-concurrency=2', '--test-timeout=60000', '--test-reporter=dot', ...fast]

const checks: readonly [string, Promise<Outcome>][] = [
  ['format and lint', run(tool('biome'), ['check', '--error-on-warnings', '.'])],
  ['types', run(tool('tsc'), ['--noEmit', '-p', '.'])],
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
