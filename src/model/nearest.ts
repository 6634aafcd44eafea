/** The known name nearest to a mistyped one, ignoring case; undefined where none is near (more than a third of it differs). Pure. */
export const nearestName = (wanted: string, known: Iterable<string>): string | undefined => {
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  const folded = wanted.toLowerCase()
  let best: { name: string; distance: number } | undefined
  for (const name of known) {
    if (Math.abs(name.length - wanted.length) > limit) continue
    const distance = editDistance(folded, name.toLowerCase(), limit)
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}

/**
 * Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours; three rows at a time.
 * Ends early, with any number above the limit, once no way through two rows stays within it.
 */
const editDistance = (a: string, b: string, limit: number): number => {
  let previous: readonly number[] = []
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = isSwap ? (previous[j - 2] as number) + 1 : Number.POSITIVE_INFINITY
      const substitute = (row[j - 1] as number) + (isSame ? 0 : 1)
      next.push(Math.min(swap, substitute, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    previous = row
    row = next
    if (Math.min(...row) > limit && Math.min(...previous) >= limit) return limit + 1
  }
  return row[b.length] as number
}

/** ` (nearest known name: "X")`, or nothing where no name is near; `what` stands for "name". Pure. */
export const nearestHint = (wanted: string, known: Iterable<string>, what = 'name'): string => {
  const near = nearestName(wanted, known)
  return near === undefined ? '' : ` (nearest known ${what}: "${near}")`
}
