import { existsSync } from 'node:fs'
import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startFaiMonitor } from '../testing/fai-monitor.ts'
import { runFai } from '../testing/fai-run.ts'
import { runToEnd } from '../testing/run-program.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { withFiles } from '../testing/site-files.ts'
import { ROOT } from '../testing/test-files.ts'

/** Two whole runs, and a package from the archive. */

const ZONE = `$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 1209600 300
@ IN NS ns1
ns1 IN A 127.0.0.1
_fai.web01 IN TXT "WEB"
WEB._class IN TXT "description=web"
`

/** The trace of fai-semantics.md, section 2.9: tasks are skipped from outside and from inside, one script and one hook fail. */
const SPACE = {
  'cs/hooks/setup.DEFAULT.sh': '#!/bin/bash\n:\n',
  'cs/hooks/defclass.DEFAULT': '#!/bin/sh\n:\n',
  'cs/hooks/extrbase.DEFAULT.sh':
    '#!/bin/bash\nskiptask extrbase debconf repository updatebase instsoft tests\n',
  'cs/hooks/configure.WEB': '#!/bin/sh\nexit 2\n',
  'cs/hooks/finish.DEFAULT.sh': '#!/bin/bash\nskiptask finish\n',
  'cs/hooks/finish.LAST': '#!/bin/sh\n:\n',
  'cs/hooks/savelog.LAST.sh': '#!/bin/bash\n:\n',
  'cs/scripts/WEB/10-fails': '#!/bin/sh\nexit 5\n',
  'cs/class/60-more': '#!/bin/sh\necho MORE\n',
}

/** Messages of a run of FAI, without what it says twice and the codes of tasks around others, which it loses. */
const comparable = (messages: readonly string[]): readonly string[] =>
  messages
    .filter(line => line !== 'check' && !/^TASK(BEGIN|END) faiend/.test(line))
    .map(line => line.replace(/^(TASKEND (?:dirinstall|action)) .*/, '$1'))

const STAMP = '/run/fai'

t.test('fai-monitor hears of a run what FAI itself says of the same config space', async t => {
  const monitor = await startFaiMonitor()
  t.teardown(() => monitor.stop())
  const source = (path: string) => `sources: [{ kind: zonefile, zone: example.test, path: ${path} }]\n`
  await withFiles({ ...SPACE, 'example.test.zone': ZONE }, async directory => {
    for (const path of Object.keys(SPACE)) await chmod(join(directory, path), 0o755)
    const config = source(join(directory, 'example.test.zone'))
    const fai = await runFai({ action: 'dirinstall', host: 'web01', config, files: SPACE })
    t.match(fai.messages, [/^TASKBEGIN confdir$/], { output: fai.output })

    const events = join(directory, 'events')
    const zone = join(directory, 'example.test.zone')
    await withFiles({ 'c.yaml': `${source(zone)}install: { monitor: "127.0.0.1:1" }\n` }, async other => {
      const { code, stderr } = await runToEnd(join(ROOT, 'bin/fai-classes'), [
        ...['dirinstall', 'web01', join(directory, 'target'), '--config', join(other, 'c.yaml')],
        ...['--config-space', join(directory, 'cs'), '--log-dir', join(directory, 'log')],
        ...['--monitor', `127.0.0.1:${monitor.port}`, '--events', events],
      ])
      t.equal(code, 1, 'a script failed')
      t.match(
        stderr,
        /^web01: dirinstall has FAILED after .*; worst task error 420; failed: WEB\/10-fails \(exit code 5\); logs: /m,
      )
    })
    const heard = await monitor.linesUntil('web01 TASKEND action 420')
    t.equal(heard[0], 'web01 check')
    const ours = heard.map(line => line.replace(/^web01 /, ''))
    t.strictSame(comparable(ours), comparable(fai.messages), { output: stderrOf(fai.output) })
    t.equal(ours.filter(line => line === 'TASKEND configure 420').length, 1)

    const lines = (await readFile(events, 'utf8')).trimEnd().split('\n')
    for (const line of lines) t.equal(await schemaFaults('events', line), '', line)
    t.match(JSON.parse(lines.at(-1) ?? ''), { event: 'run-end', exitCode: 1, taskError: 420 })
  })
  t.equal(existsSync(join(STAMP, 'dirinstall')), false)
})

const stderrOf = (output: string): string => output.slice(-2000)
