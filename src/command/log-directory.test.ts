import { mkdtempSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { claimLogDirectory, runDate } from './log-directory.ts'

const base = mkdtempSync(join(tmpdir(), 'fai-classes-logs-'))
t.teardown(() => rmSync(base, { recursive: true, force: true }))

const NOON = new Date(2026, 10, 22, 12, 0, 59).getTime()

t.test('a run is named after the local time of its begin', async t => {
  t.equal(runDate(NOON), '20261122_120059')
  t.equal(runDate(new Date(2026, 0, 2, 3, 4, 5).getTime()), '20260102_030405')
})

t.test("the directory of a run has FAI's name, mode and links", async t => {
  const { directory, date } = await claimLogDirectory('web01', 'dirinstall', NOON, base)
  t.equal(date, '20261122_120059')
  t.equal(directory, join(base, 'web01/dirinstall-20261122_120059'))
  t.equal(statSync(directory).mode & 0o777, 0o750)
  t.equal(readlinkSync(join(base, 'web01/last')), 'dirinstall-20261122_120059')
  t.equal(readlinkSync(join(base, 'web01/last-dirinstall')), 'dirinstall-20261122_120059')
  t.equal(readlinkSync(join(base, 'localhost')), 'web01')
})

t.test('a second run in the same second has the next one, and the links', async t => {
  const { directory } = await claimLogDirectory('web01', 'dirinstall', NOON, base)
  t.equal(directory, join(base, 'web01/dirinstall-20261122_120100'))
  t.equal(readlinkSync(join(base, 'web01/last')), 'dirinstall-20261122_120100')
})
