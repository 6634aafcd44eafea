import { existsSync } from 'node:fs'
import t from 'tap'
import { runFai } from '../testing/fai-run.ts'
import { type Named, startNamed } from '../testing/named.ts'

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
  })

  t.test(`${action}: a dead name server ends the run before the action`, async t => {
    const mortal = await startNamed({ zones: [{ name: 'example.test', text: ZONE }] })
    await mortal.stop()
    const run = await runFai({ action, host: 'web01', config: configOf(mortal) })
    t.match(run.output, 'error source-unreachable')
    t.equal(run.exitCode, 99)
    t.equal(run.reached, false, 'the action does not run')
  })
}

t.test('under sh the script could not stop FAI, as README warns', async t => {
  const run = await runFai({
    action: 'probe',
    host: 'bad01',
    config: configOf(named),
    interpreter: '/bin/sh',
  })
  t.match(run.output, /task_error: not found/)
  t.equal(run.reached, true)
})

t.test('nothing of FAI is left on this machine', async t => {
  t.strictSame(
    LEFT.filter(path => existsSync(path)),
    before,
  )
})
