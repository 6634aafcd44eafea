import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import {
  beginInstall,
  type ClientRequest,
  openBootClient,
  post,
  SCRIPT,
  stateOf,
  tokenOf,
} from '../../testing/boot-client.ts'
import { WEB01 } from '../../testing/boot-site.ts'
import { TOKEN_LIFE_MS } from '../boot/token.ts'

t.test('an installation: order, events, logs, end', async t => {
  const client = await openBootClient(t)
  const { site, ask } = client
  const token = await tokenOf(client)
  const answer = await ask('/install', post(token, { facts: ['EFI', 'NVME', 'EFI'] }))
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('cache-control'), 'no-store')
  const { reportKey, ...order } = (await answer.json()) as { reportKey: string }
  t.strictSame(order, {
    lookup: { host: WEB01.fqdn, classes: [...WEB01.classes, 'EFI', 'NVME'] },
    addresses: ['192.0.2.11'],
  })
  t.equal(await stateOf(site), 'installing')

  t.equal(
    (await ask('/report/event', post(reportKey, { event: 'task-begin', task: 'partition' }))).status,
    204,
  )
  t.equal((await site.store.read(WEB01.fqdn)).message, 'task partition')
  const put = { ...post(reportKey, 'archive'), method: 'PUT' }
  t.equal((await ask('/report/log/install.tar.gz', put)).status, 204)
  t.equal(
    (await ask('/report/end', post(reportKey, { outcome: 'installed', message: 'all is well' }))).status,
    204,
  )
  t.match(await site.store.read(WEB01.fqdn), { state: 'local', message: 'all is well' })
  t.match(await (await ask(SCRIPT)).text(), '# web01.example.test: local')

  const logs = join(site.directory, 'state/logs', WEB01.fqdn, '20261122T120000Z')
  t.strictSame((await readdir(logs)).sort(), ['events.jsonl', 'install.tar.gz'])
  t.equal(await readFile(join(logs, 'events.jsonl'), 'utf8'), '{"event":"task-begin","task":"partition"}\n')
  t.strictSame(
    site.log.filter(line => line.startsWith('boot ')),
    [
      'boot web01.example.test INSTALL installing installation begun by 192.0.2.11',
      'boot web01.example.test END local all is well',
    ],
  )
})

t.test('an installation that fails: failed, and what is configured then', async t => {
  const client = await openBootClient(t, { boot: { afterFailure: 'rescue' } })
  const { reportKey } = await beginInstall(client)
  const told = { outcome: 'failed', message: 'partition: no disk\n\u001b[31m' }
  t.equal((await client.ask('/report/end', post(reportKey, told))).status, 204)
  t.equal(await stateOf(client.site), 'failed')
  t.match(await (await client.ask(SCRIPT)).text(), 'FAI_ACTION=sysinfo')
  t.equal(await stateOf(client.site), 'failed', 'it does not begin anew')
  t.ok(client.site.log.includes('boot web01.example.test END failed partition: no disk\\x0a\\x1b[31m'))
})

t.test('a machine that boots before its installation ended: failed', async t => {
  const client = await openBootClient(t)
  await beginInstall(client)
  t.match(await (await client.ask(SCRIPT)).text(), '# web01.example.test: failed')
  t.equal(await stateOf(client.site), 'failed')
})

t.test('a token used a second time: 403, failed, and no report is taken any more', async t => {
  const client = await openBootClient(t)
  const { token, reportKey } = await beginInstall(client)
  const again = await client.ask('/install', post(token, { facts: [] }, '192.0.2.99'))
  t.equal(again.status, 403)
  t.match(await again.text(), 'a second time, by 192.0.2.99')
  t.equal(await stateOf(client.site), 'failed')
  t.equal((await client.ask('/report/event', post(reportKey, { event: 'message' }))).status, 409)
  const put = { ...post(reportKey, 'x'), method: 'PUT' }
  t.equal((await client.ask('/report/log/a.tar.gz', put)).status, 409)
  const told = { outcome: 'installed', message: '' }
  t.equal((await client.ask('/report/end', post(reportKey, told))).status, 409)
  t.equal(await stateOf(client.site), 'failed')
})

t.test(
  'of two that come with one token at one moment, one gets the order, and the host is failed',
  async t => {
    const client = await openBootClient(t)
    const token = await tokenOf(client)
    const both = await Promise.all([1, 2].map(() => client.ask('/install', post(token, { facts: [] }))))
    t.strictSame(both.map(({ status }) => status).sort(), [200, 403])
    t.equal(await stateOf(client.site), 'failed')
  },
)

t.test('what is wrong before the order is given leaves the token as it was', async t => {
  const client = await openBootClient(t)
  const { site, ask } = client
  const token = await tokenOf(client)
  const wrong: Record<string, [ClientRequest, number, RegExp]> = {
    'another address': [post(token, { facts: [] }, '192.0.2.99'), 403, /the token is for 192\.0\.2\.11/],
    'another token': [post('A'.repeat(43), { facts: [] }), 403, /none that was given/],
    'no token': [{ method: 'POST', body: '{"facts":[]}' }, 403, /none that was given/],
    'no facts': [post(token, {}), 400, /not what was wanted/],
    'no JSON': [post(token, '{"facts":['), 400, /not what was wanted/],
    'a fact that is no class': [post(token, { facts: ['A B'] }), 400, /not what was wanted/],
    'no UTF-8': [{ ...post(token, ''), body: Buffer.from([0xff]) }, 400, /not what was wanted/],
    'too long': [post(token, `{"facts":[${' '.repeat(70_000)}]}`), 413, /longer/],
    'facts that no machine may report': [
      post(token, { facts: ['EFI', 'ROOT', 'EVIL'] }),
      403,
      /resolution\.facts does not list what the machine reports: ROOT, EVIL/,
    ],
    'a list with an error': [post(token, { facts: ['WRONG'] }), 422, /WEB conflicts with DATABASE/],
    'a source that cannot be read': [post(token, { facts: ['LATER'] }), 503, /no server answers/],
  }
  for (const [name, [init, status, reason]] of Object.entries(wrong)) {
    const answer = await ask('/install', init)
    t.equal(answer.status, status, name)
    t.match(await answer.text(), reason, name)
    t.equal(await stateOf(site), 'armed', name)
  }
  t.match(await site.store.read(WEB01.fqdn), { message: 'WEB conflicts with DATABASE' })
  t.equal((await ask('/install', post(token, { facts: ['EFI'] }))).status, 200)
})

t.test('a token that is too old, voided, or of a host that is not armed any more: 403', async t => {
  const client = await openBootClient(t)
  const { site, ask } = client
  const voided = await tokenOf(client)
  const late = await tokenOf(client)
  t.match(
    await (await ask('/install', post(voided, { facts: [] }))).text(),
    'not that of the last boot script',
  )
  site.clock.nowMs += TOKEN_LIFE_MS + 1
  t.match(await (await ask('/install', post(late, { facts: [] }))).text(), 'older than 30 minutes')
  const token = await tokenOf(client)
  await site.wish('local')
  t.match(await (await ask('/install', post(token, { facts: [] }))).text(), 'not armed')
  t.equal(await stateOf(site), 'local')
})

t.test('a host that is armed anew meanwhile takes no report of the installation before', async t => {
  const client = await openBootClient(t)
  const { reportKey } = await beginInstall(client)
  await client.site.wish('install')
  const told = { outcome: 'installed', message: '' }
  t.equal((await client.ask('/report/end', post(reportKey, told))).status, 409)
  t.equal(await stateOf(client.site), 'armed')
})

t.test('reports that are none', async t => {
  const client = await openBootClient(t)
  const { reportKey } = await beginInstall(client)
  const { ask } = client
  t.equal((await ask('/report/event', post(reportKey, { task: 'x' }))).status, 400)
  t.equal((await ask('/report/event', post(reportKey, `"${'x'.repeat(70_000)}"`))).status, 413)
  t.equal((await ask('/report/end', post(reportKey, { outcome: 'local', message: '' }))).status, 400)
  t.equal((await ask('/report/end', post(reportKey, { outcome: 'installed' }))).status, 400)
  t.equal((await ask('/report/end', post('x', { outcome: 'installed', message: '' }))).status, 403)
  const put = (content: string, headers = {}) => {
    const init = { ...post(reportKey, content), method: 'PUT' }
    return { ...init, headers: { ...init.headers, ...headers } }
  }
  t.equal((await ask('/report/log/a.tar.gz', put('x', { 'content-length': '70000000' }))).status, 413)
  for (const name of ['..%2f..%2fa.tar.gz', '.a.tar.gz', 'a.zip', `${'x'.repeat(200)}.tar.gz`])
    t.not((await ask(`/report/log/${name}`, put('x'))).status, 204, name)
  for (let count = 1; count <= 8; count++) await ask(`/report/log/${count}.tar.gz`, put('x'))
  t.equal((await ask('/report/log/9.tar.gz', put('x'))).status, 507)
  t.equal((await ask('/report/log/8.tar.gz', put('y'))).status, 204, 'one that is there is replaced')
  t.equal(await stateOf(client.site), 'installing')
})
