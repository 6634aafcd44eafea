import t from 'tap'
import { runSpace } from '../testing/run-space.ts'
import { planRemoteLogs } from './remote-logs.ts'

const variables = { LOGUSER: 'fai', SERVER: '192.0.2.1', HOSTNAME: 'web01', fai_rundate: '20261122_120000' }
const files = ['/tmp/log/fai.log', '/tmp/log/status.log']
const plan = (more: Record<string, string> = {}, action = 'install') =>
  planRemoteLogs({ variables: { ...variables, ...more }, action, files })
const lines = (more: Record<string, string>) => plan(more).commands.map(({ argv }) => argv.join(' '))

t.test('ssh makes the directory and its links, scp copies; LOGSERVER wins over SERVER', async t => {
  const ssh = '-o BatchMode=yes -o ConnectTimeout=20'
  const run = 'install-20261122_120000'
  t.strictSame(lines({ LOGSERVER: 'logs.example.test', LOGREMOTEDIR: 'a b' }), [
    `ssh ${ssh} -l fai -- logs.example.test 'mkdir' '-p' 'a b/web01/${run}' && 'cd' 'a b/web01'` +
      ` && 'ln' '-snf' '${run}' 'last-install' && 'ln' '-snf' '${run}' 'last'`,
    `scp -q -p -r ${ssh} -- /tmp/log/fai.log /tmp/log/status.log fai@logs.example.test:a b/web01/${run}`,
  ])
})

t.test('ftp reads the password from its input, never from its arguments', async t => {
  const { commands } = plan({ FAI_LOGPROTO: 'ftp', LOGPASSWD: 'se"cret', LOGREMOTEDIR: '/srv/x' })
  t.strictSame(commands, [
    {
      argv: ['curl', '--config', '-'],
      stdin: `user = "fai:se\\"cret"
ftp-create-dirs
fail-early
silent
show-error
upload-file = "/tmp/log/fai.log"
url = "ftp://192.0.2.1/%2Fsrv/x/web01/install-20261122_120000/fai.log"
upload-file = "/tmp/log/status.log"
url = "ftp://192.0.2.1/%2Fsrv/x/web01/install-20261122_120000/status.log"
`,
    },
  ])
})

t.test('nothing is saved elsewhere without LOGUSER, with "none", and by dirinstall', async t => {
  t.strictSame(plan({ LOGUSER: '' }), { commands: [] })
  t.strictSame(plan({ FAI_LOGPROTO: 'none' }), { commands: [] })
  t.strictSame(plan({}, 'dirinstall'), { commands: [] })
})

t.test('what is missing or unknown is told', async t => {
  t.match(plan({ FAI_LOGPROTO: 'rsh' }).fault, 'FAI_LOGPROTO is "rsh"')
  t.match(plan({ SERVER: '' }).fault, 'neither LOGSERVER nor SERVER')
})

t.test('a server that does not answer is an error of savelog; the logs stay here', async t => {
  const ssh = 'case "$*" in *mkdir*) echo "no route to host" >&2; exit 255 ;; esac\n'
  const { worst, said, read } = await runSpace(t, {}, { action: 'install', variables, programs: { ssh } })
  t.equal(worst, 410)
  t.strictSame(said, ['logs are not saved elsewhere: ssh ended with exit code 255: no route to host'])
  t.match(read('log/fai-monitor.log'), 'TASKEND savelog 410\n')
})

t.test('files that are not empty are handed to scp', async t => {
  const programs = { ssh: ':', scp: 'echo "$@" >>"$(dirname "$0")/calls"\n' }
  const hook = '#!/bin/sh\n: >"$LOGDIR/empty.log"\n'
  const { read } = await runSpace(
    t,
    { 'hooks/setup.DEFAULT': hook },
    { action: 'install', variables, programs },
  )
  t.match(read('bin/calls'), '/log/fai.log')
  t.notMatch(read('bin/calls'), 'empty.log')
})
