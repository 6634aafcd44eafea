import { randomInt } from 'node:crypto'

/** Numbers that a seed decides, so that a failure can be run again. */
export type Random = {
  /** A whole number from 0 to one less than `bound`. */
  readonly below: (bound: number) => number
  /** One of the items, of which there must be one. */
  readonly pick: <T>(items: readonly T[]) => T
  /** Up to `most` different items, in random order. */
  readonly sample: <T>(items: readonly T[], most: number) => readonly T[]
}

const FIXED_SEED = 20261122

/** Whether this is a run with `--long`. */
export const isLong = (): boolean => process.env['FAI_CLASSES_LONG'] === '1'

/** The seed of this run: `$FAI_CLASSES_SEED`, else a fresh one with `--long`, else always the same. */
export const runSeed = (): number => {
  const given = process.env['FAI_CLASSES_SEED'] ?? ''
  if (given !== '') return Number(given) >>> 0
  return isLong() ? randomInt(0x1_0000_0000) : FIXED_SEED
}

/** A generator (mulberry32) that a seed starts; fast, and good enough to make test data. */
export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  const below = (bound: number): number => next() % bound
  return {
    below,
    pick: items => items[below(items.length)] as (typeof items)[number],
    sample: (items, most) => {
      const left = [...items]
      const count = Math.min(most, left.length)
      return Array.from(
        { length: count },
        () => left.splice(below(left.length), 1)[0] as (typeof left)[number],
      )
    },
  }
}
