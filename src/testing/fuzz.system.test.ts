import t from 'tap'
import { countedSteps, cpuMs, fuzz, median } from './fuzz.ts'
import { HOSTILE } from './fuzz-hostile.ts'
import { FUZZ_TARGETS } from './fuzz-targets.ts'
import { isLong, runSeed } from './random.ts'

const seed = runSeed()
const COUNT = 100_000
const LONG_COUNT = 1_000_000
const MOST_MS = 100
/** What V8 may keep of code and statistics; a leak of one octet an input is more with `--long`. */
const MOST_GROWN_OCTETS = 300_000

for (const [name, target] of Object.entries(FUZZ_TARGETS)) {
  const { attempt, corpus, mostSteps, mostMs = MOST_MS, longCount = LONG_COUNT } = target
  const count = isLong() ? longCount : COUNT

  t.test(
    `${count} mutated ${name}: a value or diagnostics, nothing else is thrown, no memory is kept (seed ${seed})`,
    async t => {
      const { failures, slowest, steps, grownOctets } = fuzz(target, seed, count)
      t.strictSame(failures, [])
      t.ok(grownOctets < MOST_GROWN_OCTETS, `memory grew by ${grownOctets} octets in each of the last tenths`)
      t.comment(`at most ${steps.toFixed(1)} steps an octet (bound ${mostSteps})`)
      if (!isLong()) return
      for (const { input } of slowest) {
        const times = Array.from({ length: 5 }, () => cpuMs(() => attempt(input, () => undefined)))
        t.ok(median(times) < mostMs, `alone: ${times.map(ms => ms.toFixed(2)).join(' ')} ms`)
      }
    },
  )

  t.test(`hostile ${name}: at most ${mostSteps} steps an octet`, async t => {
    for (const [title, input] of Object.entries(HOSTILE[name] ?? {})) {
      const steps = countedSteps(target, input)
      t.ok(steps <= mostSteps, `${title}: ${steps.toFixed(1)} steps an octet`)
    }
  })

  t.test(`good ${name}: every octet is counted`, async t => {
    for (const input of corpus) {
      let steps = 0
      attempt(input, more => {
        steps += more
      })
      t.ok(steps >= input.length, `${steps} steps for ${input.length} octets`)
    }
  })
}
