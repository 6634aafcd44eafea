import { existsSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { CLASS_SCRIPT, runFai } from '../testing/fai-run.ts'
import { type Named, startNamed } from '../testing/named.ts'
import { withFiles } from '../testing/site-files.ts'

const ZONE = `$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 1209600 300
@ IN NS ns1
ns1 IN A 127.0.0.1
_default._fai IN TXT "FAIBASE"
_fai.web01 IN TXT "WEB"
_fai.odd01 IN TXT "WEB TYPO"
_fai.bad01 IN TXT "LOOP"
WEB._class IN TXT "requires=[EFI] GRUB_EFI"
FAIBASE._class IN TXT "description=base"
GRUB_EFI._class IN TXT "requires=FAIBASE"
LOOP._class IN TXT "requires=LOOP"
`

const configOf = ({ server }: Named): string =>
  `sources: [{ kind: dns, zone: example.test, servers: ["${server}"] }]\n`

const named = await startNamed({ zones: [{ name: 'example.test', text: ZONE }] })
t.teardown(() => named.stop())

/** What FAI would leave behind on this machine. */
const LEFT = ['/run/fai', '/var/lib/fai', '/usr/local/sbin/fai-classes']
const before = LEFT.filter(path => existsSync(path))

for (const action of ['probe', 'dirinstall'] as const) {
  t.test(`${action}: the class script makes FAI's list, with facts of earlier scripts`, async t => {
    const run = await runFai({ action, host: 'web01', config: configOf(named) })
    const want = ['DEFAULT', 'AMD64', 'EFI', 'FAIBASE', 'GRUB_EFI', 'WEB', 'web01', 'LAST']
    t.strictSame(run.classes, want, { output: run.output })
    t.equal(run.reached, true, 'the action runs')
    t.equal(run.exitCode, 0)
  })

  t.test(`${action}: warnings alone do not stop it`, async t => {
    const run = await runFai({ action, host: 'odd01', config: configOf(named) })
    t.match(run.output, /warning unknown-class: .*TXT _fai\.odd01\.example\.test: class "TYPO"/)
    t.strictSame(run.classes.slice(-3), ['TYPO', 'odd01', 'LAST'])
    t.equal(run.reached, true, 'the action runs')
    t.equal(run.exitCode, 0)
  })

  t.test(`${action}: an error in the zone ends the run before the action`, async t => {
    const run = await runFai({ action, host: 'bad01', config: configOf(named) })
    t.match(run.output, 'error class-cycle')
    t.equal(run.exitCode, 99)
    t.equal(run.reached, false, 'the action does not run')
    t.strictSame(run.installed, [], 'no file is written')
  })

  t.test(`${action}: a dead name server ends the run before the action`, async t => {
    const mortal = await startNamed({ zones: [{ name: 'example.test', text: ZONE }] })
    await mortal.stop()
    const run = await runFai({ action, host: 'web01', config: configOf(mortal) })
    t.match(run.output, 'error source-unreachable')
    t.equal(run.exitCode, 99)
    t.equal(run.reached, false, 'the action does not run')
    t.strictSame(run.installed, [], 'no file is written')
  })
}

t.test('a dead name server ends the run also where a snapshot could answer', async t => {
  await withFiles({}, async directory => {
    const mortal = await startNamed({ zones: [{ name: 'example.test', text: ZONE }] })
    const config = `${configOf(mortal)}snapshot: { directory: ${directory}/snapshot }\n`
    const lookup = ['lookup', 'web01', '--config', `${directory}/c.yaml`]
    try {
      await writeFile(`${directory}/c.yaml`, config)
      t.equal((await runInProcess(lookup, { now: Date.now })).exitCode, 0)
    } finally {
      await mortal.stop()
    }
    const stale = await runInProcess(lookup, { now: Date.now })
    t.match(stale, { exitCode: 0, stderr: /^warning stale: / })
    const run = await runFai({ action: 'dirinstall', host: 'web01', config })
    t.match(run.output, 'error source-unreachable')
    t.match(run, { exitCode: 99, reached: false })
    t.strictSame(run.installed, [])
  })
})

t.test('the shipped script is executable and asks for bash', async t => {
  t.match(await readFile(CLASS_SCRIPT, 'utf8'), /^#!\/bin\/bash\n/)
  t.equal((await stat(CLASS_SCRIPT)).mode & 0o111, 0o111)
})

t.test('under sh the script could not stop FAI, as README warns', async t => {
  const run = await runFai({
    action: 'probe',
    host: 'bad01',
    config: configOf(named),
    interpreter: '/bin/sh',
  })
  t.match(run.output, /task_error: not found/)
  t.strictSame(run.classes, ['DEFAULT', 'AMD64', 'EFI', 'bad01', 'LAST'])
  t.equal(run.reached, true)
})

t.test('nothing of FAI is left on this machine', async t => {
  t.strictSame(
    LEFT.filter(path => existsSync(path)),
    before,
  )
})
