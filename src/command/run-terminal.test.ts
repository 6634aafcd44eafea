import t from 'tap'
import type { RunEvent } from '../install/run-event.ts'
import { fitLine, terminalListener } from './run-terminal.ts'

const END: RunEvent = {
  event: 'run-end',
  host: 'web01',
  action: 'dirinstall',
  exitCode: 1,
  taskError: 420,
  seconds: 192,
  failedScripts: [{ name: 'WEB/10-a', exitCode: 3 }],
  logDirectory: '/log',
}

/** What a terminal of 40 columns is sent, one entry a write; each event comes a second after the one before. */
const drawn = (events: readonly RunEvent[], stepMs = 1000): string[] => {
  const writes: string[] = []
  let now = 0
  const listener = terminalListener({ columns: () => 40, write: text => writes.push(text) }, () => now)
  for (const event of [...events, END]) {
    now += stepMs
    listener(event)
  }
  return writes.map(text => text.replaceAll('\u001b[K', '<'))
}

/** What stays on the screen: the last text of each line. */
const screen = (writes: readonly string[]): string[] =>
  writes
    .join('')
    .split('\n')
    .map(line => line.split('\r').at(-1)?.replace('<', '') ?? '')

t.test('one line stays for each task, in place of what it showed while it ran', async t => {
  const events: RunEvent[] = [
    { event: 'task-begin', task: 'action' },
    { event: 'task-begin', task: 'instsoft' },
    { event: 'output', line: 'Unpacking \u001b[1mmc\u001b[0m (3:4.8) and much else that is long' },
    { event: 'task-end', task: 'instsoft', code: 0, seconds: 2 },
    { event: 'task-skip', task: 'tests' },
    { event: 'task-begin', task: 'configure' },
    { event: 'script-end', task: 'configure', name: 'WEB/10-a', exitCode: 3, seconds: 1 },
    { event: 'message', message: 'read this' },
    { event: 'task-end', task: 'configure', code: 420, seconds: 3 },
    { event: 'task-end', task: 'action', code: 420, seconds: 3 },
  ]
  const writes = drawn(events)
  t.equal(writes[2], '\rinstsoft        0:01  Unpacking mc (3:4<', 'cut at 39 columns, no colours')
  t.strictSame(screen(writes), [
    'instsoft        0:02  ok',
    'tests                 skipped',
    'configure: WEB/10-a failed with exit code 3',
    'fai-classes: read this',
    'configure       0:03  code 420',
    'web01: dirinstall has FAILED after 3:12; worst task error 420; failed: WEB/10-a (exit code 3); logs: /log',
    '',
  ])
})

t.test('a program that says much is not drawn more often than a tenth of a second', async t => {
  const output: RunEvent = { event: 'output', line: 'x' }
  const writes = drawn([{ event: 'task-begin', task: 'instsoft' }, ...Array(1000).fill(output)], 1)
  t.ok(writes.length > 5 && writes.length < 20, { writes: writes.length })
})

const cases: Record<string, { text: string; columns: number; want: string }> = {
  'a short text': { text: 'abc', columns: 5, want: 'abc' },
  'a long text': { text: 'abcdef', columns: 5, want: 'abcde' },
  'what is two columns wide': { text: '日本語', columns: 5, want: '日本' },
  'control characters': { text: 'a\tb\rc\u0007', columns: 9, want: 'a b c ' },
  'no room at all': { text: 'abc', columns: -1, want: '' },
}

for (const [name, { text, columns, want }] of Object.entries(cases)) {
  t.test(`one line: ${name}`, async t => t.equal(fitLine(text, columns), want))
}
