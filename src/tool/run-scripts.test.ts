import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runScripts, toScriptsExitCode } from './run-scripts.ts'

t.test('the exit code: 100 and the highest one, 255 at most', async t => {
  t.strictSame([0, 1, 9, 155, 156, 250].map(toScriptsExitCode), [0, 101, 109, 255, 255, 255])
})

t.test('all scripts run in the order of classes and names, whatever one ends with', async t => {
  const directory = t.testdir({
    A: { '20-x': '#!/bin/sh\n', '10-y': '#!/usr/bin/perl\n', '30-z': '#!/bin/sh\n' },
    B: '#!/bin/bash\n',
  })
  for (const name of ['A/20-x', 'A/10-y', 'B']) chmodSync(join(directory, name), 0o755)
  const seen: string[] = []
  const codes: Record<string, number> = { 'A/10-y': 3, 'A/20-x': 9, B: 0 }
  const exitCode = await runScripts(directory, ['B', 'A'], {
    header: line => seen.push(line),
    run: async ({ name }, type) => {
      seen.push(`run ${name} as ${type}`)
      return codes[name] ?? 0
    },
    ended: ({ name }, code) => seen.push(`${name} ended with ${code}`),
    warn: ({ code }) => seen.push(code),
  })
  t.equal(exitCode, 109)
  t.strictSame(seen, [
    'config-space-ignored',
    '=====   shell: B   =====',
    'run B as shell',
    'B ended with 0',
    '=====   perl: A/10-y   =====',
    'run A/10-y as perl',
    'A/10-y ended with 3',
    '=====   shell: A/20-x   =====',
    'run A/20-x as shell',
    'A/20-x ended with 9',
  ])
})
