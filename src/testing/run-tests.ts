import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildTap, type FileResult, runFast, runSlow } from './batches.ts'
import { formatCoverage, readCoverage, roomCoverage, toPercent } from './coverage.ts'
import { ROOT, readTestFiles, toTestKind } from './test-files.ts'

// run-tests [--fast] [--long] [FILE...]
//   no option   every test, coverage of the pure rooms, the committed minimum
//   --fast      what needs neither root nor a server; no coverage, no minimum
//   --long      longer runs of the same kind: tests see FAI_CLASSES_LONG=1
//   FILE...     these and no others; no coverage, no minimum

/** What package.json demands of a whole run. */
type Demands = {
  /** Fewer tests than this, and some were lost. */
  readonly minimum: number
  /** Slow files to start first, the slowest first. */
  readonly first: readonly string[]
  /** Least share of lines of each pure room, in percent. */
  readonly coverage: { readonly lines: number }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { fast: { type: 'boolean', default: false }, long: { type: 'boolean', default: false } },
})
const demands: Demands = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).tests
const whole = !values.fast && positionals.length === 0
/** A file may be named from where the caller stands, or from the top of the work tree. */
const toPath = (path: string) => relative(ROOT, existsSync(path) ? resolve(path) : join(ROOT, path))
const named = positionals.map(toPath)
process.chdir(ROOT)
const noTest = named.filter(path => !path.endsWith('.test.ts') || !existsSync(path))
if (noTest.length > 0) {
  process.stdout.write(`no test file: ${noTest.join(', ')}\n0 passed, 1 failed\n`)
  process.exit(2)
}
const files = named.length > 0 ? named : readTestFiles()
const fast = files.filter(path => toTestKind(path) === 'fast')
const slow = values.fast && named.length === 0 ? [] : files.filter(path => toTestKind(path) !== 'fast')

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())

const print = (line: string) => process.stdout.write(`${line}\n`)
const report = ({ file, passed, failures, seconds, heard }: FileResult) => {
  const state = failures.length === 0 ? 'ok  ' : 'FAIL'
  print(`${state} ${seconds.toFixed(1).padStart(6)} s ${String(passed).padStart(5)} passed  ${file}`)
  for (const { title, detail } of heard === undefined ? failures : [...failures, heard]) {
    print(`\n  ${title}\n${detail.replace(/^/gm, '    ')}\n`)
  }
}
const setting = {
  jobs: Math.min(2, availableParallelism()),
  long: values.long,
  coverage: whole,
  signal: stop.signal,
  report,
}

if (fast.length > 0) await buildTap(setting)
const inFront = (path: string) => (demands.first.includes(path) ? demands.first.indexOf(path) : Infinity)
const results = [
  ...(fast.length > 0 ? await runFast(fast, setting) : []),
  ...(await runSlow(
    slow.toSorted((a, b) => inFront(a) - inFront(b) || (a < b ? -1 : 1)),
    setting,
  )),
]

print('\nseconds by file')
for (const { file, seconds } of results.toSorted((a, b) => b.seconds - a.seconds)) {
  print(`${seconds.toFixed(1).padStart(8)}  ${file}`)
}
const passed = results.reduce((sum, result) => sum + result.passed, 0)
let failed = results.reduce((sum, result) => sum + result.failures.length, 0)
const ran = passed + failed
const demand = (met: boolean, message: string) => {
  if (met) return
  print(`FAIL ${message}`)
  failed += 1
}
if (whole) {
  const rooms = roomCoverage(readCoverage())
  print(`\n${formatCoverage(rooms)}\n`)
  const { lines } = demands.coverage
  for (const [room, coverage] of rooms) {
    demand(toPercent(coverage.lines) >= lines, `src/${room}: fewer than ${lines} % of its lines are covered`)
  }
  const { minimum } = demands
  demand(ran >= minimum, `${ran} tests are fewer than the ${minimum} that package.json demands`)
}
for (const path of [...fast, ...slow]) {
  demand(
    results.some(({ file }) => file === path),
    `${path} did not run`,
  )
}
demand(!stop.signal.aborted, 'interrupted')
print('')
print(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
