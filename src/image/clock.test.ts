import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { Runner } from '../apply/runner.ts'
import { clockBehindMs, formatSpan, setClock } from './clock.ts'

const NOW_MS = Date.parse('2026-11-23T04:00:00Z')

for (const [date, want] of [
  ['Mon, 23 Nov 2026 04:00:01 GMT', undefined],
  ['Mon, 23 Nov 2026 03:59:58 GMT', undefined],
  ['Mon, 23 Nov 2026 04:01:00 GMT', 60_000],
  ['Mon, 23 Nov 2026 03:00:00 GMT', -3_600_000],
  ['soon', undefined],
  [undefined, undefined],
] as const) {
  t.test(`Date: ${date}`, async t => {
    t.equal(clockBehindMs(date, NOW_MS), want)
  })
}

t.test('a span in the unit that fits', async t => {
  for (const [seconds, want] of [
    [3, '3 s'],
    [119, '119 s'],
    [-300, '5 min'],
    [7200, '2 h'],
    [200_000_000, '2315 d'],
  ] as const) {
    t.equal(formatSpan(seconds * 1000), want)
  }
})

/** A server with its own idea of the time; without one it says none. */
const startServer = async (t: Test, date: string | undefined): Promise<string> => {
  const server = createServer((_, response) => {
    response.sendDate = false
    if (date !== undefined) response.setHeader('date', date)
    response.end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** What is run; the clock of the board cannot be set. */
const recordingRunner = () => {
  const commands: string[] = []
  const run: Runner = async ({ argv }) => {
    commands.push(argv.join(' '))
    const exitCode = argv.includes('hwclock') ? 1 : 0
    return { exitCode, timedOut: false, stdout: '', tail: [] }
  }
  return { commands, run }
}

const { signal } = new AbortController()

t.test('a clock that is off is set, and so is that of the board, where there is one', async t => {
  const { commands, run } = recordingRunner()
  const server = await startServer(t, 'Tue, 01 Jan 2036 00:00:00 GMT')
  t.match(
    await setClock(server, { run, signal }),
    /^the clock was \d+ d slow: set to 2036-01-01T00:00:00Z by the boot server$/,
  )
  t.strictSame(commands, ['date --utc --set @2082758400', 'busybox hwclock -w -u'])
})

t.test('a clock that is right, and a server that says nothing, leave all as it is', async t => {
  const { commands, run } = recordingRunner()
  const setting = { run, signal }
  t.equal(await setClock(await startServer(t, new Date().toUTCString()), setting), undefined)
  t.equal(await setClock(await startServer(t, undefined), setting), undefined)
  t.equal(await setClock('http://127.0.0.1:1', setting), undefined)
  t.strictSame(commands, [])
})
