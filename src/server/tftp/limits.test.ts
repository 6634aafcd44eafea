import t from 'tap'
import { TFTP_LIMITS, timeoutsMs } from './limits.ts'

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

t.test('waits begin short and are doubled, up to half a minute in all', async t => {
  const waits = timeoutsMs(TFTP_LIMITS, undefined)
  t.strictSame(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000])
})

t.test('a time that the client asked for stays, however long or short', async t => {
  t.strictSame(timeoutsMs(TFTP_LIMITS, 255), [255_000, 255_000, 255_000])
  const short = timeoutsMs(TFTP_LIMITS, 1)
  t.strictSame(new Set(short), new Set([1000]))
  t.equal(sum(short), TFTP_LIMITS.silenceMs)
})
