import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PURE_ROOMS } from './rooms.ts'
import { ROOT } from './test-files.ts'

/** Lines, branches and functions of a file or a room that are there, and that some test ran. */
export type Coverage = Readonly<Record<Measure, { readonly total: number; readonly covered: number }>>

type Measure = (typeof MEASURES)[number]

const MEASURES = ['lines', 'branches', 'functions'] as const

const SUMMARY = join(ROOT, '.tap/report/coverage-summary.json')

/** Takes the figures of an earlier run away. */
export const forgetCoverage = (): void => rmSync(SUMMARY, { force: true })

/** Reads what tap measured, by path relative to the top of the work tree; empty if it measured nothing. */
export const readCoverage = (): ReadonlyMap<string, Coverage> => {
  if (!existsSync(SUMMARY)) return new Map()
  const summary: Record<string, Coverage> = JSON.parse(readFileSync(SUMMARY, 'utf8'))
  return new Map(Object.entries(summary).map(([path, coverage]) => [path.replace(ROOT, ''), coverage]))
}

/** The sources of one room, without its tests and without files that hold nothing but types. */
const readSources = (room: string): readonly string[] =>
  globSync(`src/${room}/**/*.ts`, { cwd: ROOT }).filter(
    path => !path.endsWith('.test.ts') && RUNS.test(readFileSync(join(ROOT, path), 'utf8')),
  )

/** A declaration that is still there at run time. */
const RUNS = /^(export )?(const|let|function|async function|class)\b/m

/** One row for each pure room; a source that no test loads counts with all its lines as not covered. */
export const roomCoverage = (measured: ReadonlyMap<string, Coverage>): ReadonlyMap<string, Coverage> =>
  new Map(
    PURE_ROOMS.map(room => {
      const files = readSources(room).map(path => measured.get(path) ?? uncovered(path))
      const sum = (measure: Measure, part: 'total' | 'covered') =>
        files.reduce((sum, file) => sum + file[measure][part], 0)
      const both = (measure: Measure) => ({ total: sum(measure, 'total'), covered: sum(measure, 'covered') })
      return [room, { lines: both('lines'), branches: both('branches'), functions: both('functions') }]
    }),
  )

const uncovered = (path: string): Coverage => {
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n').length - 1
  const one = { total: 1, covered: 0 }
  return { lines: { total: lines, covered: 0 }, branches: one, functions: one }
}

/** Share in percent, rounded down to a tenth, so that 100 means all; a room with nothing to run is complete. */
export const toPercent = ({ total, covered }: { total: number; covered: number }): number =>
  total === 0 ? 100 : Math.floor((covered / total) * 1000) / 10

/** The table that `bin/test` prints. */
export const formatCoverage = (rooms: ReadonlyMap<string, Coverage>): string =>
  [
    `${'coverage of pure rooms'.padEnd(24)}${MEASURES.map(measure => measure.padStart(11)).join('')}`,
    ...[...rooms].map(([room, coverage]) => {
      const shares = MEASURES.map(measure => `${toPercent(coverage[measure]).toFixed(1)} %`.padStart(11))
      return `  ${room.padEnd(22)}${shares.join('')}`
    }),
  ].join('\n')
