import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { LocalAction, LocalStep, Plan, Step } from '../plan/step.ts'
import type { Task } from '../plan/task.ts'
import { type ApplyOptions, applyPlan } from '../testing/apply-plan.ts'
import { makeRunner, searchPath } from './runner.ts'

const VARIABLES = { ROOTPW: 'correct horse', TEXT: 'from the directory' }

const step = (id: string, action: LocalAction, task: Task = 'configure'): LocalStep => ({
  id,
  task,
  title: `do ${id}`,
  because: [],
  destroys: false,
  action,
})

const run = (id: string, ...argv: string[]): LocalStep => step(id, { kind: 'run', argv }, 'instsoft')

type Room = {
  target: string
  log: string
  space: string
  read: (path: string) => string
  script: (name: string, text: string) => LocalStep
}

/** A target, a log directory and a config space of its own for each test. */
const room = (t: { teardown(handler: () => void): void }): Room => {
  const root = mkdtempSync(join(tmpdir(), 'fai-apply-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const scripts = join(root, 'space/scripts')
  mkdirSync(join(scripts, 'WEB'), { recursive: true })
  return {
    target: join(root, 'target'),
    log: join(root, 'log'),
    space: join(root, 'space'),
    read: path => readFileSync(join(root, path), 'utf8'),
    script(name, text) {
      writeFileSync(join(scripts, name), text)
      chmodSync(join(scripts, name), 0o755)
      return step(name, { kind: 'run-script', directory: scripts, name, timeoutSeconds: 30 })
    },
  }
}

const apply = (
  { target, log, space }: Room,
  steps: readonly LocalStep[],
  more: Partial<ApplyOptions> = {},
) => {
  const plan: Plan<LocalAction> = {
    host: 'web01',
    fqdn: 'web01.example.test',
    classes: ['DEFAULT', 'WEB', 'web01', 'LAST'],
    variables: VARIABLES,
    diskVariables: { SWAPLIST: '' },
    faiAction: 'dirinstall',
    configSpace: space,
    templates: [],
    steps,
  }
  return applyPlan(plan, {
    run: makeRunner(process.env),
    searchPath: searchPath(process.env),
    target,
    logDirectory: log,
    onStep: () => {},
    signal: new AbortController().signal,
    ...more,
  })
}

t.test("scripts get FAI's variables and run in the scripts directory", async t => {
  const here = room(t)
  const text =
    '#!/bin/sh\necho "$TEXT $HOSTNAME $FAI_ACTION $classes"\necho "$ROOTCMD $target $FAI_ROOT $AINSL_TARGET"\n' +
    'echo "$LOGDIR $FAI $SWAPLIST$(pwd)"\n'
  t.strictSame(await apply(here, [here.script('WEB/10-show', text)]), { failedScripts: [] })
  const { target, log, space } = here
  t.equal(
    here.read('log/scripts.log').replace(/^---.*\n/, ''),
    `=====   shell: WEB/10-show   =====
from the directory web01 dirinstall DEFAULT WEB web01 LAST
chroot ${target} ${target} ${target} ${target}
${log} ${space} ${space}/scripts
WEB/10-show          OK.
`,
  )
  t.equal(here.read('log/status.log'), 'WEB/10-show          OK.\n')
})

t.test('a script that fails is recorded, and the run goes on', async t => {
  const here = room(t)
  const steps = [
    here.script('WEB/10-bad', '#!/bin/bash\nexit 7\n'),
    here.script('WEB/20-none', '#!/no/such/interpreter\n'),
    here.script('WEB/30-killed', '#!/bin/sh\nkill -9 $$\n'),
    here.script('WEB/40-good', '#!/usr/bin/perl\nexit 0;\n'),
  ]
  const { failedScripts } = await apply(here, steps)
  t.strictSame(failedScripts, [
    { name: 'WEB/10-bad', exitCode: 7 },
    { name: 'WEB/20-none', exitCode: 127 },
    { name: 'WEB/30-killed', exitCode: 137 },
  ])
  t.equal(
    here.read('log/status.log'),
    'WEB/10-bad           FAILED with exit code 7.\nWEB/20-none          FAILED with exit code 127.\n' +
      'WEB/30-killed        FAILED with exit code 137.\nWEB/40-good          OK.\n',
  )
  t.match(here.read('log/scripts.log'), '=====   perl: WEB/40-good   =====')
})

t.test('a step that fails ends the run and is told with command, output and log file', async t => {
  const here = room(t)
  const started: string[] = []
  const steps = [
    run('good', 'echo', 'one'),
    run('bad', 'sh', '-c', 'echo correct horse; exit 9'),
    run('never', 'true'),
  ]
  const onStep = ({ id }: Step) => started.push(id)
  const error = await apply(here, steps, { onStep }).catch(thrown => thrown)
  t.match(error, { name: 'ApplyError', index: 1, step: { id: 'bad' } })
  t.equal(
    error.message,
    `step 2 "bad" (do bad) failed: the program ended with exit code 9
  command: sh -c echo XXXXXXXXXXXXX; exit 9
  | XXXXXXXXXXXXX
  log: ${here.log}/software.log`,
  )
  t.strictSame(started, ['good', 'bad'])
  t.match(here.read('log/software.log'), /^one$/m)
  t.notMatch(here.read('log/fai.log'), 'correct horse')
})

t.test('a missing program is told before anything is done', async t => {
  const here = room(t)
  const onStep = () => t.fail('nothing is begun')
  await t.rejects(apply(here, [run('first', 'true'), run('odd', 'no-such-program')], { onStep }), {
    name: 'EnvironmentError',
    message: 'programs are missing: no-such-program',
  })
})

t.test('files get their content and mode, and links do not lead out of the target', async t => {
  const here = room(t)
  mkdirSync(join(here.target, 'etc'), { recursive: true })
  symlinkSync('/outside', join(here.target, 'var'))
  symlinkSync('/outside-file', join(here.target, 'etc/motd'))
  writeFileSync(join(here.target, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nmail:x:8:8::/:/bin/sh\n')
  writeFileSync(join(here.target, 'etc/group'), 'root:x:0:\nmail:x:8:\n')
  writeFileSync(join(here.space, 'template'), 'from the config space\n')
  const [owner, group] = process.getuid?.() === 0 ? ['mail', 'mail'] : ['root', 'root']
  const from = join(here.space, 'template')
  await apply(here, [
    step('a', {
      kind: 'write-file',
      path: { target: '/var/lib/a' },
      content: ['T=', { target: '/x' }],
      mode: 0o600,
    }),
    step('b', { kind: 'copy-file', from, to: '/etc/motd', owner, group, mode: 0o4750 }),
    step('c', { kind: 'make-directory', path: { target: '/srv/www' }, mode: 0o700 }),
    step('d', { kind: 'write-file', path: { log: 'note' }, content: 'n', mode: 0o644 }),
    step('e', { kind: 'remove-file', path: { target: '/etc/group' } }),
    step('f', { kind: 'save-logs', to: '/logs' }),
  ])
  t.equal(here.read('target/outside/lib/a'), 'T=/x')
  t.equal(here.read('target/etc/motd'), 'from the config space\n')
  const { mode, uid } = statSync(join(here.target, 'etc/motd'))
  t.equal(mode & 0o7777, 0o4750)
  t.equal(uid, owner === 'mail' ? 8 : process.getuid?.())
  t.equal(statSync(join(here.target, 'srv/www')).mode & 0o777, 0o700)
  t.throws(() => statSync(join(here.target, 'etc/group')))
  t.equal(here.read('target/logs/note'), 'n')
})

t.test('an owner that the target does not know is an error that names it', async t => {
  const here = room(t)
  const action = {
    kind: 'copy-file',
    from: here.log,
    to: '/x',
    owner: 'nobody-here',
    group: 'root',
    mode: 0o644,
  } as const
  await t.rejects(apply(here, [step('copy', action)]), {
    message: /user "nobody-here" is not in the passwd file of the target/,
  })
})

t.test('a log directory that vanishes ends the run by name', async t => {
  const here = room(t)
  const steps = [run('gone', 'sh', '-c', `rm -r '${here.log}'; echo one; sleep 60`), run('never', 'true')]
  const error = await apply(here, steps).catch(thrown => thrown)
  t.match(error, { name: 'EnvironmentError', message: /^the log \S+ cannot be written: ENOENT/ })
})
