import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { withFiles } from '../testing/site-files.ts'

const ZONE = `$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 1209600 300
@ IN NS ns1
web01 IN A 192.0.2.11
_fai.web01 IN TXT "WEB"
_fai.bad01 IN TXT "1 2"
WEB._class IN TXT "description=web"
`
const FILES = {
  'example.test.zone': ZONE,
  'c.yaml': 'sources: [{ kind: zonefile, zone: example.test, path: example.test.zone }]\n',
  'cs/hooks/audit': '#!/bin/sh\necho "$classes" >"$LOGDIR/seen"\n',
  'cs/hooks/broken': '#!/bin/sh\nexit 4\n',
}

/** Runs an action of the config space above, as if by root; it touches nothing but the directory. */
const runHere = (words: readonly string[], isRoot = true) =>
  withFiles(FILES, async directory => {
    for (const name of ['audit', 'broken']) await chmod(join(directory, 'cs/hooks', name), 0o755)
    const events = join(directory, 'events')
    const run = await runInProcess(
      [
        ...['run', ...words, '--config', join(directory, 'c.yaml'), '--events', events],
        ...['--config-space', join(directory, 'cs'), '--log-dir', join(directory, 'log')],
      ],
      { isRoot },
    )
    const read = (name: string) => readFile(join(directory, name), 'utf8').catch(() => undefined)
    const told = (await read('events'))?.trimEnd().split('\n') ?? []
    return {
      ...run,
      seen: await read('log/seen'),
      events: told.map(line => JSON.parse(line)),
      error: await read('log/task_error'),
    }
  })

t.test('a custom action runs with the class list of the host, and the run says how it went', async t => {
  const { exitCode, stderr, seen, events } = await runHere(['audit', 'web01'])
  t.equal(exitCode, 0, stderr)
  t.equal(seen, 'DEFAULT\nWEB\nweb01\nLAST\n')
  t.match(stderr, /^web01: audit is done after 0:00; logs: .*\/log$/m)
  t.match(events.at(0), { event: 'run-begin', action: 'audit', host: 'web01' })
  t.match(events.at(-1), { event: 'run-end', exitCode: 0, taskError: 0, failedScripts: [] })
})

t.test('one that fails, and one that there is not, are exit code 1', async t => {
  const broken = await runHere(['broken', 'web01'])
  t.match(broken, { exitCode: 1, error: '420\n', stderr: /action broken ended with exit code 4\n/ })
  const missing = await runHere(['nosuch', 'web01'])
  t.match(missing, { exitCode: 1, stderr: /there is no action "nosuch"/ })
  t.match(missing.events.at(-1), { event: 'run-end', exitCode: 1, taskError: 801 })
})

t.test('a host without a list is told as a diagnostic, and nothing runs', async t => {
  const { exitCode, events, seen } = await runHere(['audit', 'bad01'])
  t.equal(exitCode, 1)
  t.equal(seen, undefined)
  t.match(
    events.filter(({ event }) => event === 'diagnostic'),
    [{ severity: 'error', code: 'syntax' }],
  )
})

t.test('wrong use, and nobody but root', async t => {
  t.match(await runHere(['dirinstall', 'web01']), {
    exitCode: 2,
    stderr: /dirinstall is a command of its own/,
  })
  t.match(await runHere(['../x', 'web01']), { exitCode: 2, stderr: /"\.\.\/x" is no name of an action/ })
  t.match(await runHere(['audit', 'web01'], false), { exitCode: 3, stderr: /action audit needs root/ })
  t.match(await runHere(['audit', 'web01', '--monitor', 'a b']), {
    exitCode: 2,
    stderr: /--monitor "a b" is no server/,
  })
})
