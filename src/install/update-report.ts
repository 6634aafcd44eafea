import type { PackageReport } from '../apply/install-packages.ts'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import type { PackageChange } from '../model/dpkg-status.ts'
import type { RunRecord } from '../model/run-record.ts'
import { compareRuns, type RunDifference, type Wanted } from '../plan/update/run-difference.ts'
import { formatChange } from '../resolve/compare-lists.ts'
import type { ScriptChange } from './script-watch.ts'

/** What a `softupdate` found and did: `softupdate.json` of the log directory (shape in `schema/softupdate.schema.json`). */
export type UpdateReport = {
  readonly host: string
  /** Only looked at, nothing done. */
  readonly check: boolean
  /** When the run that it is compared with ended; absent where there is none. */
  readonly since?: string
  /** What the host is to be now and was not at that run. */
  readonly difference: RunDifference
  /** What dpkg did, or with `check` would do. */
  readonly packages: readonly PackageChange[]
  /** Packages that are held, or that no archive has. */
  readonly packageDiagnostics: readonly Diagnostic[]
  /** What scripts changed. On a second run with nothing else to do they should change nothing. */
  readonly scripts: readonly ScriptChange[]
  /** FAI's worst error code. */
  readonly code: number
}

/** What a report is made from. */
export type UpdateFacts = {
  readonly host: string
  readonly check: boolean
  readonly previous: RunRecord | undefined
  readonly wanted: Wanted
  readonly packages: readonly PackageChange[]
  readonly packageReports: readonly PackageReport[]
  readonly scripts: readonly ScriptChange[]
  readonly code: number
}

const NOTHING: Wanted = { classes: [], packages: {}, templates: {}, scripts: {} }

/** The report of a run. Pure. */
export const updateReport = ({ previous, wanted, packageReports, ...facts }: UpdateFacts): UpdateReport => ({
  ...facts,
  ...(previous === undefined ? {} : { since: previous.finishedAt }),
  difference: compareRuns(previous ?? NOTHING, wanted),
  packageDiagnostics: packageReports.flatMap(({ diagnostics }) => diagnostics),
})

/** A report for people. Pure. Nothing that needs a line means one line: nothing changed. */
export const formatUpdateReport = (report: UpdateReport): string => {
  const { difference, packages, packageDiagnostics, scripts, since, check } = report
  const { classes } = difference
  const names = (
    what: string,
    { added, removed }: { added: readonly string[]; removed: readonly string[] },
  ) => signed(what, [...added.map(name => `+${name}`), ...removed.map(name => `-${name}`)])
  const lines = [
    ...(classes === undefined || since === undefined ? [] : [`classes: ${formatChange(classes)}`]),
    ...(since === undefined ? [] : names('asked of packages', difference.packages)),
    ...(since === undefined
      ? []
      : [
          ...names('templates', difference.templates),
          ...signed('templates changed', difference.templates.changed),
          ...names('scripts', difference.scripts),
          ...signed('scripts changed', difference.scripts.changed),
        ]),
    ...packages.map(formatPackageChange),
    ...packageDiagnostics.map(formatDiagnostic),
    ...scripts.map(({ script, paths }) => `script ${script} changed ${listed(paths)}`),
  ]
  const against = since === undefined ? 'no earlier run is known' : `since ${since}`
  const head = check ? `would change (${against}; scripts are not run)` : `changed (${against})`
  if (lines.length === 0) return check ? `nothing to change (${against})` : `nothing changed (${against})`
  return [`${head}:`, ...lines.map(line => `  ${line}`)].join('\n')
}

const formatPackageChange = ({ package: name, from, to }: PackageChange): string => {
  if (from === undefined) return `package ${name} ${to} installed`
  return to === undefined ? `package ${name} ${from} removed` : `package ${name} ${from} became ${to}`
}

const signed = (what: string, words: readonly string[]): readonly string[] =>
  words.length === 0 ? [] : [`${what}: ${words.join(' ')}`]

const MOST_SHOWN = 5

const listed = (paths: readonly string[]): string =>
  paths.length <= MOST_SHOWN
    ? paths.join(', ')
    : `${paths.slice(0, MOST_SHOWN).join(', ')} and ${paths.length - MOST_SHOWN} more`
