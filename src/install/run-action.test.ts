import t from 'tap'
import type { LocalStep } from '../plan/step.ts'
import { systemStep } from '../plan/system/system-step.ts'
import { runSpace } from '../testing/run-space.ts'

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
    { steps: [scriptIn('/bin', 'false')] },
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
TASKBEGIN faiend
TASKEND faiend 0
TASKEND action 420
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
  const { read, said } = await runSpace(t, { 'hooks/setup.DEFAULT': hook }, { scriptSeconds: 1 })
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

t.test('all that happens is told as events, in order, with codes', async t => {
  const { events } = await runSpace(
    t,
    {
      'class/10-base': '#!/bin/sh\necho AMD64\n',
      'hooks/extrbase.DEFAULT.sh': '#!/bin/bash\nskiptask extrbase\n',
      'hooks/instsoft.AMD64': '#!/bin/sh\necho said\nexit 3\n',
    },
    { steps: [scriptIn('/bin', 'false')] },
  )
  const short = events
    .map(({ event, ...rest }) => [event, ...Object.values({ ...rest, seconds: '' })].join(' ').trim())
    .filter(line => !/^(output|message) /.test(line))
    .join('\n')
  t.match(short, 'script-begin defclass 10-base class-script\nscript-end defclass 10-base 0\n')
  t.match(short, 'script-end extrbase extrbase.DEFAULT.sh 0\ntask-skip extrbase\n')
  t.match(short, 'script-begin instsoft instsoft.AMD64 hook\nscript-end instsoft instsoft.AMD64 3\n')
  t.match(short, 'step configure false\nscript-begin configure false script\nscript-end configure false 1\n')
  t.match(short, 'task-end configure 420\n')
  t.ok(events.some(event => event.event === 'output' && event.line === 'said'))
})

t.test('flag debug: hooks that are programs get -d', async t => {
  const hook = '#!/bin/sh\necho "$*" >"$LOGDIR/words"\n'
  const { read } = await runSpace(t, { 'hooks/setup.DEFAULT': hook }, { flags: ['debug'] })
  t.equal(read('log/words'), '-d\n')
})

t.test('an abort ends the run where it is, its logs stay and say so', async t => {
  const controller = new AbortController()
  const hook = '#!/bin/sh\ntouch "$LOGDIR/begun"\necho begun\nsleep 60\n'
  const { worst, read, has } = await runSpace(
    t,
    { 'hooks/instsoft.DEFAULT': hook },
    {
      signal: controller.signal,
      onEvent: event => {
        if (event.event === 'output' && event.line === 'begun') controller.abort(new Error('SIGTERM'))
      },
    },
  )
  t.equal(worst, undefined)
  t.equal(has('log/begun'), true)
  t.match(read('log/fai.log'), 'the run was ended from outside: SIGTERM\n')
  t.notMatch(read('log/fai-monitor.log'), 'TASKBEGIN instsoft')
  t.match(read('log/fai-monitor.log'), 'TASKEND dirinstall 801\n')
})
