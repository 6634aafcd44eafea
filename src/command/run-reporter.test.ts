import t from 'tap'
import { warningAt } from '../diagnostic/diagnostic.ts'
import type { RunEnd, RunEvent } from '../install/run-event.ts'
import { formatElapsed, formatRunEnd, lineListener } from './run-reporter.ts'

const END: RunEnd = {
  host: 'web01',
  action: 'dirinstall',
  exitCode: 0,
  taskError: 0,
  seconds: 65,
  failedScripts: [],
  logDirectory: '/var/log/fai/web01/last',
}

t.test('plain lines: tasks, steps and failures, with the seconds since the begin', async t => {
  let now = 0
  const lines: string[] = []
  const listener = lineListener(
    text => lines.push(text),
    () => now,
  )
  const events: RunEvent[] = [
    { event: 'task-begin', task: 'configure' },
    { event: 'step', task: 'configure', title: 'run WEB/10-a' },
    { event: 'output', line: 'much' },
    { event: 'script-end', task: 'configure', name: 'WEB/10-a', exitCode: 3, seconds: 1 },
    { event: 'script-end', task: 'configure', name: 'WEB/20-b', exitCode: 0, seconds: 1 },
    { event: 'task-end', task: 'configure', code: 420, seconds: 4 },
    { event: 'task-skip', task: 'tests' },
    { event: 'diagnostic', ...warningAt('stale', 'is old', { kind: 'server', server: 'ns' }) },
    { event: 'run-end', ...END },
  ]
  for (const event of events) {
    now += 1000
    listener(event)
  }
  t.strictSame(lines, [
    '[   1 s] task configure',
    '[   2 s] configure: run WEB/10-a',
    '[   4 s] configure: WEB/10-a failed with exit code 3',
    '[   6 s] task configure ended with code 420',
    '[   7 s] task tests is skipped',
    'warning stale: ns: is old',
    'web01: dirinstall is done after 1:05; logs: /var/log/fai/web01/last',
  ])
})

t.test('the last line names what went wrong', async t => {
  const failedScripts = [
    { name: 'WEB/10-a', exitCode: 3 },
    { name: 'LAST/50-misc', exitCode: 1 },
  ]
  t.equal(
    formatRunEnd({ ...END, exitCode: 1, taskError: 420, failedScripts }),
    'web01: dirinstall has FAILED after 1:05; worst task error 420; failed: WEB/10-a (exit code 3), LAST/50-misc (exit code 1); logs: /var/log/fai/web01/last',
  )
})

t.test('times are short', async t => {
  t.strictSame([0, 59.9, 60, 3600, 36_061].map(formatElapsed), [
    '0:00',
    '0:59',
    '1:00',
    '1:00:00',
    '10:01:01',
  ])
})
