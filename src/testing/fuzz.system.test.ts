import t from 'tap'
import { countedSteps, cpuMs, fuzz, median } from './fuzz.ts'
import { HOSTILE } from './fuzz-hostile.ts'
import { FUZZ_TARGETS } from './fuzz-targets.ts'
import { isLong, runSeed } from './random.ts'

const seed = runSeed()
const COUNT = isLong() ? 1_000_000 : 100_000
const MOST_MS = 100

for (const [name, target] of Object.entries(FUZZ_TARGETS)) {
  const { attempt, corpus, mostSteps } = target

  t.test(
    `${COUNT} mutated ${name}: a value or diagnostics, nothing else is thrown (seed ${seed})`,
    async t => {
      const { failures, slowest, steps } = fuzz(target, seed, COUNT)
      t.strictSame(failures, [])
      t.comment(`at most ${steps.toFixed(1)} steps an octet (bound ${mostSteps})`)
      if (!isLong()) return
      for (const { input } of slowest) {
        const times = Array.from({ length: 5 }, () => cpuMs(() => attempt(input, () => undefined)))
        t.ok(median(times) < MOST_MS, `alone: ${times.map(ms => ms.toFixed(2)).join(' ')} ms`)
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
