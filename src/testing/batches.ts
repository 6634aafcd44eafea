import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Parser, type Result } from 'tap-parser'
import { type Failure, type FileCount, followFile, toFailure } from './count-tests.ts'
import { forgetCoverage } from './coverage.ts'
import { runGroup } from './run-group.ts'
import { ROOT, toTestKind } from './test-files.ts'

/** What one test file came to. */
export type FileResult = FileCount & {
  readonly file: string
  readonly seconds: number
  /** What a file with failures wrote to its standard error. */
  readonly heard?: Failure
}

/** How a run is to be done; `report` is called as soon as a file has ended. */
export type Setting = {
  readonly jobs: number
  readonly long: boolean
  readonly coverage: boolean
  readonly signal: AbortSignal
  readonly report: (result: FileResult) => void
}

/** Longest time for one file, by kind; a run with `--long` may take `LONG_FACTOR` times as long. */
const LIMIT_SECONDS = { fast: 120, root: 900, system: 900 } as const
const LONG_FACTOR = 6
/** A word about what is still running, so that a long test does not look like a hanging one. */
const HEARTBEAT_MS = 60_000

/** As many of the last lines of a file's standard error are shown where it failed. */
const STDERR_LINES = 100

const TAP = join(ROOT, 'node_modules/.bin/tap')

const environment = (limitSeconds: number, { long }: Setting): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_OPTIONS: '',
  TAP_TIMEOUT: String(limitSeconds),
  ...(long ? { FAI_CLASSES_LONG: '1' } : {}),
})

const limitOf = (file: string, { long }: Setting): number =>
  LIMIT_SECONDS[toTestKind(file)] * (long ? LONG_FACTOR : 1)

/**
 * Builds tap with the plugins of package.json, once after each `npm ci`. Tap does so itself, but the run in
 * which it does still loads the plugins it was built with before, TypeScript's loader among them.
 */
export const buildTap = async (setting: Setting): Promise<void> => {
  const mark = join(ROOT, 'node_modules/.tap-built')
  if (existsSync(mark)) return
  process.stdout.write('building tap with the plugins of package.json\n')
  const { code } = await runGroup({
    file: process.execPath,
    args: [TAP, 'build'],
    env: process.env,
    timeoutMs: 180_000,
    signal: setting.signal,
    onStdout: () => {},
    onStderr: chunk => process.stderr.write(chunk),
  })
  if (code === 0) writeFileSync(mark, '')
}

/** Runs files under one `tap run`, which measures coverage if that is wanted. */
export const runFast = async (files: readonly string[], setting: Setting): Promise<readonly FileResult[]> => {
  const results: FileResult[] = []
  const limit = LIMIT_SECONDS.fast * (setting.long ? LONG_FACTOR : 1)
  const parser = new Parser()
  let count: ReturnType<typeof followFile> | undefined
  parser.on('child', (child: Parser) => {
    count = followFile(child)
  })
  parser.on('assert', (result: Result) => {
    const counted = count?.(result.ok ? undefined : toFailure(result).detail)
    count = undefined
    const { passed, failures } = counted ?? { passed: 0, failures: [toFailure(result)] }
    results.push({ file: result.name, seconds: (result.time ?? 0) / 1000, passed, failures })
    setting.report(results.at(-1) as FileResult)
  })
  const coverage = setting.coverage
    ? ['--coverage-report=json-summary', '--allow-incomplete-coverage', '--allow-empty-coverage']
    : ['--disable-coverage']
  forgetCoverage()
  const { code, fault } = await runGroup({
    file: process.execPath,
    args: [
      TAP,
      'run',
      '--reporter=tap',
      `--jobs=${setting.jobs}`,
      `--timeout=${limit}`,
      ...coverage,
      ...files,
    ],
    env: environment(limit, setting),
    timeoutMs: files.length * limit * 1000,
    signal: setting.signal,
    onStdout: chunk => parser.write(chunk),
    onStderr: chunk => process.stderr.write(chunk),
  })
  parser.end()
  const unseen = code !== 0 && results.every(({ failures }) => failures.length === 0)
  const wrong = fault ?? (unseen ? `exit code ${code}` : undefined)
  if (wrong === undefined) return results
  const failures = [{ title: 'the run as a whole', detail: wrong }]
  setting.report({ file: 'tap run', seconds: 0, passed: 0, failures })
  return [...results, { file: 'tap run', seconds: 0, passed: 0, failures }]
}

/** Runs files one by one under Node, at most `jobs` at a time, in the order given; each has a limit of its own. */
export const runSlow = async (files: readonly string[], setting: Setting): Promise<readonly FileResult[]> => {
  const results: FileResult[] = []
  const waiting = [...files]
  const running = new Map<string, number>()
  const heartbeat = setInterval(() => {
    const names = [...running].map(
      ([file, since]) => `${file} (${Math.round((Date.now() - since) / 1000)} s)`,
    )
    process.stdout.write(`... running: ${names.join(', ')}\n`)
  }, HEARTBEAT_MS)
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      if (setting.signal.aborted) return
      running.set(file, Date.now())
      const result = await runFile(file, setting)
      running.delete(file)
      results.push(result)
      setting.report(result)
    }
  }
  await Promise.all(Array.from({ length: setting.jobs }, worker))
  clearInterval(heartbeat)
  return results
}

const runFile = async (file: string, setting: Setting): Promise<FileResult> => {
  const limit = limitOf(file, setting)
  const parser = new Parser()
  const count = followFile(parser)
  let stderr = ''
  const start = performance.now()
  const { code, fault } = await runGroup({
    file: process.execPath,
    args: [join(ROOT, file)],
    env: { ...environment(limit, setting), TAP: '1' },
    // A little longer than tap's own limit, which ends the file with a better message.
    timeoutMs: (limit + 10) * 1000,
    signal: setting.signal,
    onStdout: chunk => parser.write(chunk),
    onStderr: chunk => {
      stderr += chunk
    },
  })
  parser.end()
  const seconds = (performance.now() - start) / 1000
  const { passed, failures } = count(fault ?? (code === 0 ? undefined : `exit code ${code}`))
  const said = stderr.trimEnd().split('\n').slice(-STDERR_LINES)
  if (failures.length === 0 || stderr === '') return { file, seconds, passed, failures }
  const heard = { title: 'standard error of the file', detail: said.join('\n') }
  return { file, seconds, passed, failures, heard }
}
