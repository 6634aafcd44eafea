import type { Random } from './random.ts'

/** Classes that calls of tools are drawn from. */
export const CLASSES = ['DEFAULT', 'A', 'B', 'C', 'host']

/** Modes of files. */
export const MODES = [0o644, 0o600, 0o755, 0o4755, 0o440]

/** True so many times in a hundred. */
export const chance = (random: Random, percent: number): boolean => random.below(100) < percent

/** The words so many times in a hundred, else none. */
export const some = (random: Random, percent: number, ...words: readonly string[]): readonly string[] =>
  chance(random, percent) ? words : []
