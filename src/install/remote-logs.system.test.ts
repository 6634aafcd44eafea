import { mkdir, mkdtemp, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../testing/free-port.ts'
import { startListening } from '../testing/listening-program.ts'
import { runSpace } from '../testing/run-space.ts'
import { startSsh } from '../testing/ssh-server.ts'

const RUN = 'softupdate-20261122_120000'
const directory = await mkdtemp(join(tmpdir(), 'fai-classes-saved-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
const place = { HOSTNAME: 'web01', fai_rundate: '20261122_120000', LOGSERVER: '127.0.0.1' }

/** The log of messages up to task `savelog`, in which it is saved. */
const untilSaved = (log: string): string => log.replace(/TASKEND savelog.*/s, '')

t.test('by ssh, to a real sshd', async t => {
  const ssh = await startSsh()
  t.teardown(() => ssh.stop())
  const { programs } = ssh
  const variables = { ...place, LOGUSER: 'root', LOGREMOTEDIR: join(directory, 'a b') }
  const { worst, read } = await runSpace(t, {}, { action: 'softupdate', variables, programs })
  t.equal(worst, 0)
  const saved = join(directory, 'a b/web01')
  t.equal(
    await readFile(join(saved, RUN, 'fai-monitor.log'), 'utf8'),
    untilSaved(read('log/fai-monitor.log')),
  )
  t.equal(await readlink(join(saved, 'last')), RUN)
  t.equal(await readlink(join(saved, 'last-softupdate')), RUN)

  const stranger = { ...variables, LOGUSER: 'nobody' }
  const refused = await runSpace(t, {}, { action: 'softupdate', variables: stranger, programs })
  t.equal(refused.worst, 410)
  t.match(refused.said, [/^logs are not saved elsewhere: ssh ended with exit code 255: .*Permission denied/])
})

t.test('by ftp, to a real server', async t => {
  const [port, home, password] = [await freePort(), join(directory, 'ftp'), 'for "tests" only']
  await mkdir(home)
  const account = ['-u', 'fai', '-P', password, '-d', home, '-w']
  const server = [
    '/usr/bin/python3',
    '-m',
    'pyftpdlib',
    '-i',
    '127.0.0.1',
    '-p',
    String(port),
    ...account,
  ] as const
  t.teardown(await startListening(server, port))
  // The real curl, which finds port 21 elsewhere.
  const programs = { curl: `exec /usr/bin/curl --connect-to ::127.0.0.1:${port} "$@"\n` }
  const logs = { FAI_LOGPROTO: 'ftp', LOGUSER: 'fai', LOGREMOTEDIR: 'saved logs' }
  const variables = { ...place, ...logs, LOGPASSWD: password }
  const { worst, read } = await runSpace(t, {}, { action: 'softupdate', variables, programs })
  t.equal(worst, 0)
  t.equal(
    await readFile(join(home, 'saved logs/web01', RUN, 'fai-monitor.log'), 'utf8'),
    untilSaved(read('log/fai-monitor.log')),
  )

  const mistaken = { ...variables, LOGPASSWD: 'wrong-one' }
  const refused = await runSpace(t, {}, { action: 'softupdate', variables: mistaken, programs })
  t.equal(refused.worst, 410)
  t.match(refused.said, [/^logs are not saved elsewhere: curl ended with exit code 67: curl: /])
  t.notMatch(refused.said.join(), 'wrong-one')
})
