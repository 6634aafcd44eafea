import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { CountSteps } from '../model/steps.ts'
import { type Random, randomFrom } from './random.ts'

/** What is fuzzed: inputs to start from, words that mean something in them, and what is done with each mutation. */
export type FuzzTarget = {
  readonly corpus: readonly Buffer[]
  readonly words: readonly string[]
  /**
   * The most steps that the parsers may take for one octet of input, all that `attempt` reads together: about
   * twice what the worst input known takes. Work that grows with the square would take 32,768 in 64 KiB.
   */
  readonly mostSteps: number
  /** CPU time that an input may take, in milliseconds; 100 if absent. Looked at with `--long`. */
  readonly mostMs?: number
  /** Mutations with `--long`; a million if absent. */
  readonly longCount?: number
  /** Throws where the input ends in anything but a value, diagnostics or a `WireError`. */
  readonly attempt: (input: Buffer, count: CountSteps) => void
}

/** One input and how long it took, in milliseconds. */
export type Timed = { readonly input: Buffer; readonly ms: number }

/** What a run came to; `failures` hold all that is needed to run them again. */
export type FuzzRun = {
  readonly failures: readonly string[]
  readonly slowest: readonly Timed[]
  /** The most steps an octet that any input took. */
  readonly steps: number
  /** Octets by which the memory that is held grew in each of the last two tenths of the inputs; the less of both. */
  readonly grownOctets: number
}

const MOST_OCTETS = 700
const MOST_FAILURES = 5
const SLOWEST = 20

/** What an empty input may cost. */
const SPARE_STEPS = 100

/**
 * Tries one input; the steps that were counted for each of its octets. Throws as `attempt` does,
 * and at the first step beyond `mostSteps` for each octet, so that a parser out of bounds ends there.
 */
export const countedSteps = ({ mostSteps, attempt }: FuzzTarget, input: Buffer): number => {
  const most = SPARE_STEPS + mostSteps * input.length
  let taken = 0
  attempt(input, steps => {
    taken += steps
    if (taken > most) throw new Error(`more than ${most} steps for ${input.length} octets`)
  })
  return Math.max(0, taken - SPARE_STEPS) / Math.max(1, input.length)
}

/** Tries `count` mutated inputs. Input `n` of a seed is always the same. */
export const fuzz = (target: FuzzTarget, seed: number, count: number): FuzzRun => {
  const failures: string[] = []
  let slowest: Timed[] = []
  let steps = 0
  const held: number[] = []
  for (let index = 0; index < count && failures.length < MOST_FAILURES; index++) {
    // By then all code should be compiled, and every table as large as it gets; what comes once is no leak.
    if (index === Math.floor(0.8 * count) || index === Math.floor(0.9 * count)) held.push(heldOctets())
    const input = mutated(target.corpus, target.words, randomFrom(seed + index))
    const start = performance.now()
    try {
      steps = Math.max(steps, countedSteps(target, input))
    } catch (error) {
      const fault = error instanceof Error ? error.stack : String(error)
      failures.push(`seed ${seed}, input ${index}, base64 ${input.toString('base64')}: ${fault}`)
    }
    const ms = performance.now() - start
    if (slowest.length < SLOWEST || ms > (slowest.at(-1)?.ms ?? 0)) {
      slowest = [...slowest, { input, ms }].sort((a, b) => b.ms - a.ms).slice(0, SLOWEST)
    }
  }
  const [first = 0, second = 0] = held
  return { failures, slowest, steps, grownOctets: Math.min(second - first, heldOctets() - second) }
}

/** Memory in use when all that nobody holds any more was thrown away. */
const heldOctets = (): number => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  // What waits for finalizers is only gone behind the second one.
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** CPU time of one call, in milliseconds. */
export const cpuMs = (run: () => void): number => {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** The middle one of an odd number of figures. */
export const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN

/** A piece of the corpus with one to four changes, most often one, so that many of them get far. */
export const mutated = (corpus: readonly Buffer[], words: readonly string[], random: Random): Buffer => {
  let input = pieceOf(random.pick(corpus), random)
  for (let changes = 1 + random.below(1 + random.below(4)); changes > 0; changes--) {
    input = changed(input, corpus, words, random).subarray(0, 2 * MOST_OCTETS)
  }
  return input
}

const pieceOf = (whole: Buffer, random: Random): Buffer => {
  if (whole.length <= MOST_OCTETS) return whole
  const start = random.below(whole.length - MOST_OCTETS)
  return whole.subarray(start, start + MOST_OCTETS)
}

const changed = (
  input: Buffer,
  corpus: readonly Buffer[],
  words: readonly string[],
  random: Random,
): Buffer => {
  const at = random.below(input.length + 1)
  const end = Math.min(input.length, at + random.below(24))
  const before = input.subarray(0, at)
  const word = Buffer.from(random.pick(words), 'latin1')
  switch (random.below(9)) {
    case 0:
      return overwritten(input, at, Buffer.of(random.below(256)))
    case 6:
      return overwritten(input, at, Buffer.of((input[at] ?? 0) ^ (1 << random.below(8))))
    case 7:
      return overwritten(input, at, word)
    case 1:
      return Buffer.concat([before, input.subarray(end)])
    case 2:
      return Buffer.concat([input.subarray(0, end), input.subarray(at)])
    case 3:
      return Buffer.concat([before, word, input.subarray(at)])
    case 4:
      return Buffer.concat([before, word, input.subarray(end)])
    case 5:
      return Buffer.concat([before, pieceOf(random.pick(corpus), random).subarray(random.below(64))])
    default:
      return before
  }
}

/** The same length, other octets. */
const overwritten = (input: Buffer, at: number, octets: Buffer): Buffer => {
  const copy = Buffer.from(input)
  octets.copy(copy, at)
  return copy
}
