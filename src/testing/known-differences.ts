import { rowsOf } from './readme.ts'

/** A row of a table in a README: what differs, `*` standing for any text, and why. */
export type KnownDifference = { readonly pattern: string; readonly why: string }

/** What two sides say of one thing; undefined where a side does not have it. */
export type Difference = { readonly name: string; readonly fai?: string; readonly ours?: string }

/** The first column and the last of a table of a README (`rowsOf`). Pure. */
export const readKnownDifferences = (markdown: string, name: string): readonly KnownDifference[] =>
  rowsOf(markdown, name).map(cells => ({
    pattern: (cells[0] ?? '').replaceAll('`', ''),
    why: cells.at(-1) ?? '',
  }))

/** What is not the same on both sides, by name. Pure. */
export const findDifferences = (
  fai: ReadonlyMap<string, string>,
  ours: ReadonlyMap<string, string>,
): readonly Difference[] =>
  [...new Set([...fai.keys(), ...ours.keys()])]
    .sort()
    .filter(name => fai.get(name) !== ours.get(name))
    .map(name => {
      const [theirs, own] = [fai.get(name), ours.get(name)]
      return {
        name,
        ...(theirs === undefined ? {} : { fai: theirs }),
        ...(own === undefined ? {} : { ours: own }),
      }
    })

/** The differences that no row names, and the rows that name none. Pure. */
export const compareWithKnown = (
  differences: readonly Difference[],
  known: readonly KnownDifference[],
): { readonly unnamed: readonly Difference[]; readonly idle: readonly string[] } => {
  const rows = known.map(({ pattern }) => ({ pattern, matches: matcherOf(pattern) }))
  return {
    unnamed: differences.filter(({ name }) => !rows.some(({ matches }) => matches(name))),
    idle: rows
      .filter(({ matches }) => !differences.some(({ name }) => matches(name)))
      .map(({ pattern }) => pattern),
  }
}

const matcherOf = (pattern: string): ((name: string) => boolean) => {
  const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const whole = new RegExp(`^${parts.join('.*')}$`)
  return name => whole.test(name)
}
