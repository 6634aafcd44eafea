import t from 'tap'
import { PLAIN_CASES } from '../../testing/kill-cases.ts'
import { killRuns } from '../../testing/kill-runs.ts'
import { isLong, randomFrom, runSeed } from '../../testing/random.ts'

// The limit of the whole file stays.
t.setTimeout(0)

const seed = runSeed()
const MOST = isLong() ? Number.POSITIVE_INFINITY : 2

for (const [name, kill] of Object.entries(PLAIN_CASES)) {
  t.test(`${name}: killed and run again (seed ${seed})`, { timeout: 0 }, async t => {
    const { points, killed, failures } = await killRuns(kill, randomFrom(seed), MOST)
    t.strictSame(failures, [], `${killed} of ${points} points`)
    t.ok(killed > 0)
  })
}
