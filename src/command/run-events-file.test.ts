import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { errorAt } from '../diagnostic/diagnostic.ts'
import type { RunEvent } from '../install/run-event.ts'
import { systemStep } from '../plan/system/system-step.ts'
import { runSpace } from '../testing/run-space.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { formatEvent, openEventsFile } from './run-events-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'fai-classes-events-'))
t.teardown(() => rmSync(directory, { recursive: true, force: true }))

const AROUND: readonly [RunEvent, RunEvent, RunEvent] = [
  { event: 'run-begin', action: 'dirinstall', host: 'web01', logDirectory: '/log' },
  { event: 'diagnostic', ...errorAt('syntax', 'is none', { kind: 'file', path: 'a', line: 3 }) },
  {
    event: 'run-end',
    host: 'web01',
    action: 'dirinstall',
    exitCode: 1,
    taskError: 420,
    seconds: 1.5,
    failedScripts: [{ name: 'WEB/10-a', exitCode: 3 }],
    logDirectory: '/log',
  },
]

t.test('the events of a run, of every kind, are as schema/events.schema.json describes them', async t => {
  const step = systemStep('configure', 'false', 'false', {
    kind: 'run-script',
    directory: '/bin',
    name: 'false',
    timeoutSeconds: 20,
  })
  const files = {
    'class/10-base': '#!/bin/sh\necho a.b\n',
    'hooks/finish.DEFAULT': '#!/bin/sh\nskiptask finish\n',
    'tests/DEFAULT': '#!/bin/sh\n:\n',
  }
  const { events } = await runSpace(t, files, { steps: [step] })
  const path = join(directory, 'events')
  const file = openEventsFile(path, () => 0, t.fail)
  const told = [AROUND[0], ...events, AROUND[1], AROUND[2]]
  for (const event of told) file.listener(event)
  file.close()
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  t.equal(lines.length, told.filter(({ event }) => event !== 'output').length)
  for (const line of lines) t.equal(await schemaFaults('events', line), '', line)
  t.strictSame([...new Set(lines.map(line => JSON.parse(line).event))].sort(), [
    ...['diagnostic', 'message', 'run-begin', 'run-end', 'script-begin', 'script-end'],
    ...['step', 'task-begin', 'task-end', 'task-skip'],
  ])
})

t.test('the schema knows a wrong event when it sees one', async t => {
  const event: RunEvent = { event: 'task-end', task: 'instsoft', code: 0, seconds: 1 }
  t.equal(await schemaFaults('events', formatEvent(event, 0)), '')
  for (const wrong of [{ ...event, code: 'ok' }, { ...event, more: 1 }, { event: 'nosuch' }]) {
    t.not(await schemaFaults('events', JSON.stringify({ time: '', ...wrong })), '')
  }
})

t.test('a file that cannot be made ends the command, one that is full is told once', async t => {
  const complained: string[] = []
  const open = (path: string) =>
    openEventsFile(
      path,
      () => 0,
      text => complained.push(text),
    )
  t.throws(() => open(join(directory, 'no/such')), { name: 'EnvironmentError' })
  const full = open('/dev/full')
  full.listener(AROUND[0])
  full.listener(AROUND[2])
  full.close()
  t.match(complained, [/^fai-classes: --events \/dev\/full: ENOSPC.*; no more events are written$/])
})
