import t from 'tap'
import { parseTime } from './time.ts'

const NOW = Date.UTC(2026, 10, 22, 12)

const rows: Readonly<Record<string, string | undefined>> = {
  '2026-11-22T11:00:00Z': '2026-11-22T11:00:00.000Z',
  '2026-11-22t11:00:00.25z': '2026-11-22T11:00:00.250Z',
  '2026-11-22 12:30:00+01:00': '2026-11-22T11:30:00.000Z',
  '2h': '2026-11-22T10:00:00.000Z',
  '1d': '2026-11-21T12:00:00.000Z',
  '999999999999d': undefined,
  '2026-11-22': undefined,
  '2026-11-22T11:00:00': undefined,
  '2026-13-22T11:00:00Z': undefined,
  yesterday: undefined,
  '': undefined,
}

for (const [text, want] of Object.entries(rows)) {
  t.test(`"${text}" is ${want ?? 'no time'}`, t => {
    const timeMs = parseTime(text, NOW)
    t.equal(timeMs === undefined ? undefined : new Date(timeMs).toISOString(), want)
    t.end()
  })
}
