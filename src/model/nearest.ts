/** Most edits between a name and one that is near it. */
const MAX_EDITS = 5

/**
 * The known name nearest to a mistyped one, ignoring case; undefined where none is near (more than a third of it
 * differs, or more than 5 edits). Pure.
 */
export const nearestName = (wanted: string, known: Iterable<string>): string | undefined => {
  let limit = Math.min(MAX_EDITS, Math.max(1, Math.floor(wanted.length / 3)))
  const folded = wanted.toLowerCase()
  let nearest: string | undefined
  for (const name of known) {
    if (Math.abs(name.length - wanted.length) > limit) continue
    const edits = countEdits(folded, name.toLowerCase(), limit)
    if (edits === undefined) continue
    nearest = name
    if (edits === 0) break
    // The first of several equally near ones counts.
    limit = edits - 1
  }
  return nearest
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours from one name to the other; undefined where there are
 * more than `limit`. By diagonals (Ukkonen 1985): for each number of edits, and each shift between both names, how far
 * into the first they can be brought together.
 */
const countEdits = (one: string, other: string, limit: number): number | undefined => {
  const middle = limit + 1
  let before: readonly number[] = new Array<number>(2 * middle + 1).fill(NOWHERE)
  for (let edits = 0; edits <= limit; edits++) {
    const reached = [...before]
    for (let shift = -edits; shift <= edits; shift++) {
      const from = before[middle + shift] as number
      const isSwap =
        from >= 0 &&
        from + 1 < one.length &&
        one.charCodeAt(from) === other.charCodeAt(from + shift + 1) &&
        one.charCodeAt(from + 1) === other.charCodeAt(from + shift)
      const substituted = from + (isSwap ? 2 : 1)
      const deleted = (before[middle + shift + 1] as number) + 1
      const inserted = before[middle + shift - 1] as number
      let at = edits === 0 ? 0 : Math.max(substituted, deleted, inserted)
      at = Math.min(at, one.length, other.length - shift)
      while (at >= 0 && at < one.length && one.charCodeAt(at) === other.charCodeAt(at + shift)) at++
      if (at === one.length && at + shift === other.length) return edits
      reached[middle + shift] = at
    }
    before = reached
  }
  return undefined
}

/** Far enough below 0 to stay there. */
const NOWHERE = -100

/** ` (nearest known name: "X")`, or nothing where no name is near; `what` stands for "name". Pure. */
export const nearestHint = (wanted: string, known: Iterable<string>, what = 'name'): string => {
  const near = nearestName(wanted, known)
  return near === undefined ? '' : ` (nearest known ${what}: "${near}")`
}
