import t from 'tap'
import { soaRdata } from '../../testing/transfer-answer.ts'
import { type LookedAt, pauseMs } from './refresh.ts'

const soa = soaRdata(1, { refreshSeconds: 3600, retrySeconds: 900 })
const ok = { soa, failures: 0, isNotified: false }

const ROWS: Record<string, { at: LookedAt; wantMs: number }> = {
  'a look that succeeded': { at: ok, wantMs: 3_600_000 },
  'a refresh of nothing': { at: { ...ok, soa: soaRdata(1, { refreshSeconds: 0 }) }, wantMs: 1000 },
  'a refresh of years': { at: { ...ok, soa: soaRdata(1, { refreshSeconds: 2 ** 31 }) }, wantMs: 86_400_000 },
  'a look that failed': { at: { ...ok, failures: 1 }, wantMs: 900_000 },
  'a retry of nothing': {
    at: { soa: soaRdata(1, { retrySeconds: 0 }), failures: 9, isNotified: false },
    wantMs: 1000,
  },
  'the first failure after a NOTIFY': { at: { soa, failures: 1, isNotified: true }, wantMs: 1000 },
  'the fourth': { at: { soa, failures: 4, isNotified: true }, wantMs: 8000 },
  'the thousandth': { at: { soa, failures: 1000, isNotified: true }, wantMs: 900_000 },
  'no zone, the first failure': { at: { soa: undefined, failures: 1, isNotified: false }, wantMs: 1000 },
  'no zone, the thousandth': { at: { soa: undefined, failures: 1000, isNotified: false }, wantMs: 60_000 },
}

for (const [title, { at, wantMs }] of Object.entries(ROWS)) {
  t.test(`${title}: ${wantMs} ms`, async t => {
    t.equal(pauseMs(at), wantMs)
  })
}
