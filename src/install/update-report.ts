import type { PackageReport } from '../apply/install-packages.ts'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import type { PackageChange } from '../model/dpkg-status.ts'
import type { RunRecord } from '../model/run-record.ts'
import { type Change, compareRuns, type RunDifference, type Wanted } from '../plan/update/run-difference.ts'
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

/** A report for people: whether anything changed, each change, then what was left out and why. Pure. */
export const formatUpdateReport = (report: UpdateReport): string => {
  const { packages, packageDiagnostics, scripts, since, check } = report
  const lines = [
    ...(since === undefined ? [] : differenceLines(report.difference)),
    ...packages.map(formatPackageChange),
    ...scripts.map(({ script, paths }) => `script ${script} changed ${listed(paths)}`),
  ]
  const against = since === undefined ? 'no earlier run is known' : `since ${since}`
  const head =
    lines.length === 0
      ? `nothing ${check ? 'to change' : 'changed'} (${against})`
      : `${check ? `would change (${against}; scripts are not run)` : `changed (${against})`}:`
  return [head, ...[...lines, ...packageDiagnostics.map(formatDiagnostic)].map(line => `  ${line}`)].join(
    '\n',
  )
}

const differenceLines = ({ classes, packages, templates, scripts }: RunDifference): readonly string[] => [
  ...(classes === undefined ? [] : [`classes: ${formatChange(classes)}`]),
  ...signed('asked of packages', packages),
  ...signed('templates', templates),
  ...signed('scripts', scripts),
]

/** Names that came, went, and are there with another content: `+a -b ~c`. */
const signed = (
  what: string,
  { added, removed, changed = [] }: Change & { readonly changed?: readonly string[] },
): readonly string[] => {
  const words = [...prefixed('+', added), ...prefixed('-', removed), ...prefixed('~', changed)]
  return words.length === 0 ? [] : [`${what}: ${words.join(' ')}`]
}

const prefixed = (sign: string, names: readonly string[]): readonly string[] =>
  names.map(name => `${sign}${name}`)

const formatPackageChange = ({ package: name, from, to }: PackageChange): string => {
  if (from === undefined) return `package ${name} ${to} installed`
  return to === undefined ? `package ${name} ${from} removed` : `package ${name} ${from} became ${to}`
}

const MOST_SHOWN = 5

const listed = (paths: readonly string[]): string =>
  paths.length <= MOST_SHOWN
    ? paths.join(', ')
    : `${paths.slice(0, MOST_SHOWN).join(', ')} and ${paths.length - MOST_SHOWN} more`
