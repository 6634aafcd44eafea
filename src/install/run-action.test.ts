import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { openApply } from '../apply/apply-plan.ts'
import { makeRunner, searchPath } from '../apply/runner.ts'
import type { LocalStep } from '../plan/step.ts'
import { systemStep } from '../plan/system/system-step.ts'
import { ROOT } from '../testing/test-files.ts'
import { openMonitor } from './monitor.ts'
import type { FaiRun, Reporter } from './run.ts'
import { type RunQuestions, runAction } from './run-action.ts'
import { runVariables } from './run-variables.ts'
import { openShell } from './shell.ts'
import { openTaskErrors } from './task-errors.ts'

type Test = { teardown(handler: () => void): void }

const SILENT: Omit<Reporter, 'complain'> = {
  taskBegins: () => {},
  taskEnds: () => {},
  taskSkipped: () => {},
  stepBegins: () => {},
  scriptEnded: () => {},
}

/** Runs `dirinstall` of web01 on a config space of these files: those with a first line `#!` are executable. */
const runSpace = async (
  t: Test,
  files: Readonly<Record<string, string>>,
  steps: readonly LocalStep[] = [],
  scriptSeconds = 20,
) => {
  const root = mkdtempSync(join(tmpdir(), 'fai-classes-run-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const [configSpace, target, logDirectory] = [join(root, 'cs'), join(root, 'target'), join(root, 'log')]
  mkdirSync(configSpace)
  for (const [name, text] of Object.entries(files)) {
    const path = join(configSpace, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    if (text.startsWith('#!')) chmodSync(path, 0o755)
  }
  const run = makeRunner(process.env)
  const host = { host: 'web01', fqdn: 'web01.example.test' }
  const begin = { action: 'dirinstall', ...host, cwd: '/', configSource: `file://${configSpace}` }
  const places = { configSpace, target, logDirectory, flags: ['verbose'], runDate: '20261122_120000' }
  const path = `${join(ROOT, 'bin/tools')}:${searchPath(process.env)}`
  const shell = openShell(run, runVariables({ ...begin, ...places, path }))
  const signal = new AbortController().signal
  const setting = { run, searchPath: searchPath(process.env), target, logDirectory, signal }
  const applying = await openApply(
    setting,
    () => shell.environment(),
    text => text,
  )
  const said: string[] = []
  const faiRun: FaiRun = {
    ...{ action: 'dirinstall', configSpace, logDirectory, shell, applying, run, signal, scriptSeconds },
    errors: openTaskErrors(logDirectory),
    monitor: openMonitor(logDirectory, undefined),
    log: applying.context.log,
    reporter: { ...SILENT, complain: text => said.push(text) },
    watch: { changes: [], touched: new Map(), around: (_name, script) => script() },
    classes: [],
  }
  const asked: { facts: readonly string[]; variables: Readonly<Record<string, string>> }[] = []
  const questions: RunQuestions = {
    resolve: async facts => {
      asked.push({ facts, variables: {} })
      return { classes: ['DEFAULT', ...facts, 'web01', 'LAST'], variables: { FROM: 'dns' }, steps: [] }
    },
    plan: async variables => {
      asked.push({ facts: [], variables })
      return { steps, wanted: { classes: [], packages: {}, templates: {}, scripts: {} } }
    },
    refuse: async () => undefined,
  }
  const worst = await runAction('dirinstall', faiRun, questions, {
    choice: { only: [], skip: [] },
    atEnd: async () => undefined,
  })
  const read = (name: string): string => readFileSync(join(root, name), 'utf8')
  return { worst, read, said, asked, shell, classes: faiRun.classes }
}

const scriptIn = (directory: string, name: string): LocalStep =>
  systemStep('configure', name, name, { kind: 'run-script', directory, name, timeoutSeconds: 20 })

t.test('tasks, hooks and skips are told in the order in which FAI tells them', async t => {
  const bash = '#!/bin/bash\n'
  const { worst, read } = await runSpace(
    t,
    {
      'hooks/setup.DEFAULT': `${bash}echo setup\n`,
      'hooks/defclass.LAST': `${bash}echo defclass\n`,
      'hooks/extrbase.DEFAULT.sh': `${bash}skiptask extrbase debconf repository updatebase instsoft\n`,
      'hooks/debconf.DEFAULT': `${bash}touch "$LOGDIR/never"\n`,
      'hooks/configure.LAST': `${bash}exit 2\n`,
      'hooks/finish.DEFAULT': `${bash}skiptask finish\n`,
      'hooks/finish.LAST': `${bash}echo and still run\n`,
    },
    [scriptIn('/bin', 'false')],
  )
  t.equal(worst, 420)
  t.equal(
    read('log/fai-monitor.log'),
    `check
TASKBEGIN confdir
TASKEND confdir 0
HOOK setup.DEFAULT
TASKBEGIN setup
TASKEND setup 0
HOOK defclass.LAST
TASKBEGIN defclass
TASKEND defclass 0
TASKBEGIN defvar
TASKEND defvar 0
TASKBEGIN action
TASKBEGIN dirinstall
HOOK extrbase.DEFAULT.sh
TASKSKIP extrbase
TASKSKIP debconf
TASKSKIP repository
TASKSKIP updatebase
TASKSKIP instsoft
HOOK configure.LAST
TASKBEGIN configure
TASKEND configure 420
TASKBEGIN tests
TASKEND tests 0
HOOK finish.DEFAULT
HOOK finish.LAST
TASKSKIP finish
TASKBEGIN savelog
TASKEND savelog 0
TASKEND dirinstall 420
TASKEND action 420
TASKBEGIN faiend
TASKEND faiend 0
`,
  )
  t.match(read('log/status.log'), 'configure.LAST       FAILED with exit code 2.\n')
})

t.test('class scripts give facts, and .var files what the shell knows', async t => {
  const { worst, asked, shell, said, classes } = await runSpace(t, {
    'class/10-base': '#!/bin/sh\n# not a class\necho "AMD64 # nor this"\necho X1 -n a.b\n',
    'class/20-more.sh': '#!/bin/bash\necho not captured\nifclass AMD64 && newclasses="SOURCED"\n',
    'class/30-last': '#!/bin/bash\nifclass -o NONE SOURCED && echo SEEN\n',
    'class/40-plain': 'echo NEVER\n',
    'class/web01': 'OWN # of the host\n',
    'class/DEFAULT.var': 'LAYER=default\nDERIVED="$FROM-$LAYER"\n',
    'class/OWN.var': 'LAYER=own\nFROM=file\nifclass AMD64 && ARCH=amd64\n',
  })
  t.equal(worst, 0)
  t.strictSame(asked[0]?.facts, ['AMD64', 'X1', 'SOURCED', 'SEEN', 'OWN'])
  t.strictSame(classes, ['DEFAULT', 'AMD64', 'X1', 'SOURCED', 'SEEN', 'OWN', 'web01', 'LAST'])
  t.match(Object.fromEntries(shell.variables), {
    LAYER: 'own',
    DERIVED: 'dns-default',
    FROM: 'dns',
    ARCH: 'amd64',
  })
  t.strictSame(
    said.map(text => text.replace(/^.*\/cs\//, '')),
    [
      'class/40-plain: the class script is not executable and is not run',
      'class/10-base: "-n" is no class name and is left out',
      'class/10-base: "a.b" is no class name and is left out',
    ],
  )
})

t.test('an error above STOP_ON_ERROR ends the run, and its logs are still saved', async t => {
  for (const hook of ['instsoft.DEFAULT', 'instsoft.DEFAULT.sh']) {
    const { worst, read, said } = await runSpace(t, {
      [`hooks/${hook}`]: '#!/bin/bash\ntask_error 702\ntouch "$LOGDIR/not-there"\n',
      'hooks/savelog.LAST': '#!/bin/sh\necho saved >"$LOGDIR/saved"\n',
      'hooks/configure.DEFAULT': '#!/bin/sh\ntouch "$LOGDIR/not-there"\n',
    })
    t.equal(worst, 801)
    t.equal(read('log/saved'), 'saved\n')
    t.throws(() => read('log/not-there'))
    t.match(said.join('\n'), `${hook}: error 702 is above STOP_ON_ERROR (700), the run ends here`)
  }
})

t.test('a limit of a site, and an error that does not matter', async t => {
  const { worst } = await runSpace(t, {
    'class/DEFAULT.var': 'STOP_ON_ERROR=900\n',
    'hooks/instsoft.DEFAULT': '#!/bin/dash\ntask_error 850\ntask_error 999 0\n',
  })
  t.equal(worst, 850)
})

t.test('a hook that hangs is ended at its limit, and the run goes on', async t => {
  const hook = '#!/bin/sh\nsleep 60\n'
  const { read, said } = await runSpace(t, { 'hooks/setup.DEFAULT': hook }, [], 1)
  t.match(read('log/status.log'), 'setup.DEFAULT        FAILED with exit code 124.\n')
  t.match(said, ['setup.DEFAULT did not end within 1 seconds'])
  t.match(read('log/fai-monitor.log'), 'TASKEND faiend 0\n')
})

t.test('tests that found a fault are an error of their task', async t => {
  const { worst, read } = await runSpace(t, {
    'tests/DEFAULT': '#!/bin/sh\necho "Test FAILED with 1 errors" >>"$LOGDIR/test.log"\n',
  })
  t.equal(worst, 312)
  t.match(read('log/fai-monitor.log'), 'TASKERROR tests 312\nTASKEND tests 312\n')
})
