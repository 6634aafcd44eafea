import type { ClassName } from '../../model/class-name.ts'
import type { RunRecord } from '../../model/run-record.ts'
import { compareLists, type ListChange } from '../../resolve/compare-lists.ts'

/** What a host is to be now and was not at its last run. Names are sorted. */
export type RunDifference = {
  readonly classes: ListChange | undefined
  readonly packages: Change
  /** By path of the target; changed where another class or another content is chosen. */
  readonly templates: Change & { readonly changed: readonly string[] }
  /** By the names of `status.log`. */
  readonly scripts: Change & { readonly changed: readonly string[] }
}

/** Names that came and names that went. */
export type Change = { readonly added: readonly string[]; readonly removed: readonly string[] }

/** What is wanted of a host: the part of a record that does not need a run to be known. */
export type Wanted = Pick<RunRecord, 'classes' | 'packages' | 'templates' | 'scripts'>

/** Compares two runs. Pure. A package is named with what is done with it: `remove nano`. */
export const compareRuns = (before: Wanted, after: Wanted): RunDifference => ({
  classes: compareLists(before.classes as readonly ClassName[], after.classes as readonly ClassName[]),
  packages: comparing(packageWords(before), packageWords(after)),
  templates: withChanged(before.templates, after.templates),
  scripts: withChanged(before.scripts, after.scripts),
})

/** Whether there is none. Pure. */
export const isSame = ({ classes, packages, templates, scripts }: RunDifference): boolean =>
  classes === undefined &&
  [packages, templates, scripts].every(({ added, removed }) => added.length + removed.length === 0) &&
  templates.changed.length + scripts.changed.length === 0

const packageWords = ({ packages }: Wanted): readonly string[] =>
  Object.entries(packages).flatMap(([what, words]) =>
    words.map(word => (what.startsWith('install') ? word : `${what} ${word}`)),
  )

const comparing = (before: readonly string[], after: readonly string[]): Change => {
  const [had, has] = [new Set(before), new Set(after)]
  return {
    added: [...has].filter(name => !had.has(name)).sort(),
    removed: [...had].filter(name => !has.has(name)).sort(),
  }
}

const withChanged = (
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Change & { readonly changed: readonly string[] } => ({
  ...comparing(Object.keys(before), Object.keys(after)),
  changed: Object.keys(after)
    .filter(name => name in before && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .sort(),
})
