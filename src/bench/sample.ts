import { spawnSync } from 'node:child_process'

/** A program to time. */
export type Contender = {
  readonly name: string
  readonly argv: readonly [string, ...string[]]
  /** Beside the environment of the benchmark. */
  readonly env?: Readonly<Record<string, string>>
  /** Called before each run, outside of its time. */
  readonly prepare?: () => void
}

/** Wall time of a contender's runs, in milliseconds. */
export type Sample = { readonly name: string; readonly medianMs: number; readonly leastMs: number }

/**
 * Times whole runs, the contenders in turn, so that a busy moment of the machine meets all of them alike. The
 * first round is not counted: it fills the caches. Throws if a run fails.
 */
export const sampleRuns = (contenders: readonly Contender[], rounds: number): readonly Sample[] => {
  const times = contenders.map((): number[] => [])
  for (let round = 0; round <= rounds; round += 1) {
    contenders.forEach((contender, index) => {
      const ms = timeRun(contender)
      if (round > 0) times[index]?.push(ms)
    })
  }
  return contenders.map(({ name }, index) => {
    const sorted = (times[index] ?? []).toSorted((a, b) => a - b)
    return { name, medianMs: sorted[Math.floor(sorted.length / 2)] ?? NaN, leastMs: sorted[0] ?? NaN }
  })
}

const timeRun = ({ name, argv: [file, ...args], env, prepare }: Contender): number => {
  prepare?.()
  const start = performance.now()
  const { status, stderr } = spawnSync(file, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  const ms = performance.now() - start
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
  return ms
}

/** The table: a line for each contender, with its ratio to the named one. */
export const formatSamples = (samples: readonly Sample[], peer: string): string => {
  const base = samples.find(({ name }) => name === peer)?.medianMs ?? NaN
  return samples
    .map(({ name, medianMs, leastMs }) => {
      const figures = [medianMs, leastMs].map(ms => ms.toFixed(1).padStart(10)).join('')
      return `${name.padEnd(28)}${figures}${(medianMs / base).toFixed(2).padStart(10)}`
    })
    .toSpliced(
      0,
      0,
      `${'wall time'.padEnd(28)}${['median ms', 'least ms', 'ratio'].map(word => word.padStart(10)).join('')}`,
    )
    .join('\n')
}

/** Stdout of a program that must exit 0. */
export const must = (file: string, ...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`)
  return stdout
}
