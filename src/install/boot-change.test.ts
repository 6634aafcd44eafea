import t from 'tap'
import { runSpace } from '../testing/run-space.ts'
import { type BootChange, type BootChangeInput, planBootChange } from './boot-change.ts'

const variables = {
  LOGUSER: 'fai',
  SERVER: 'boot.example.test',
  IPADDR: '192.0.2.11',
  MAC: '52:54:00:12:34:56',
}
const SSH = ['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=20', '-l', 'fai', '--', 'boot.example.test']

const cases: Record<string, { input: BootChangeInput; want: BootChange }> = {
  'nobody to log in as: nothing': { input: { variables: { SERVER: 'x' }, testLog: '' }, want: {} },
  'no server: code 2': { input: { variables: { LOGUSER: 'fai' }, testLog: '' }, want: { code: 2 } },
  'the machine boots from its disk': {
    input: { variables, testLog: 'Test PASSED\n' },
    want: { argv: [...SSH, "'/usr/sbin/fai-chboot' '-vd' '192.0.2.11' '52:54:00:12:34:56'"] },
  },
  'a next test: installed again with its class, which no shell expands': {
    input: { variables: { ...variables, MAC: '' }, testLog: 'a\nNEXTTEST=RAID;reboot\n' },
    want: { argv: [...SSH, "'/usr/sbin/fai-chboot' '-k' 'ADDCLASSES=RAID;reboot' '-FIv' '192.0.2.11'"] },
  },
}

for (const [name, { input, want }] of Object.entries(cases)) {
  t.test(name, async t => t.strictSame(planBootChange(input), want))
}

const install = (ssh: string) => ({ action: 'install', variables, programs: { ssh } })

t.test('the task calls ssh once, and only where LOGUSER is set', async t => {
  const logs = { FAI_LOGPROTO: 'none' }
  const ssh = 'echo "$@" >>"$(dirname "$0")/calls"\n'
  const { worst, read } = await runSpace(t, {}, { ...install(ssh), variables: { ...variables, ...logs } })
  t.equal(worst, 0)
  t.equal(
    read('bin/calls'),
    `${SSH.slice(1).join(' ')} '/usr/sbin/fai-chboot' '-vd' '192.0.2.11' '52:54:00:12:34:56'\n`,
  )
  const { has } = await runSpace(t, {}, { ...install(ssh), variables: {} })
  t.equal(has('bin/calls'), false)
})

t.test('a server that refuses the login is error 3, told, and the run goes on', async t => {
  const run = install('case "$*" in *fai-chboot*) echo "Permission denied" >&2; exit 255 ;; esac\n')
  const scp = { scp: ':' }
  const { worst, said, read } = await runSpace(t, {}, { ...run, programs: { ...run.programs, ...scp } })
  t.equal(worst, 3)
  t.match(said, [
    'task chboot: ssh ended with exit code 255: Permission denied; the machine will boot as it did before',
  ])
  t.match(read('log/fai-monitor.log'), 'TASKEND chboot 3\nTASKBEGIN savelog\n')
})
