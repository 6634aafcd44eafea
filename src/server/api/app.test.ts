import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { admitting, fakeLists, openApiSite, THREE_HOSTS } from '../../testing/api-site.ts'
import { matchGolden } from '../../testing/golden.ts'
import { API_DOCUMENT } from './openapi.ts'

const ajv = new Ajv2020({ strict: false })
ajv.addSchema(API_DOCUMENT, 'api')

const WHOLE_HOST = { 'web01.example.test': 'DEFAULT web01 LAST' }

const WHAT_IF = { method: 'POST', body: '; a zone' }

/** Every route with what it is asked, and what the document says of its answers. */
const answers: readonly (readonly [route: string, path: string, status: number, schema: string])[] = [
  ['/v1/hosts', '/v1/hosts', 200, 'hosts'],
  ['/v1/hosts', '/v1/hosts?limit=0', 400, 'error'],
  ['/v1/hosts', '/v1/hosts?where=WEB%26%26', 400, 'error'],
  ['/v1/hosts', '/v1/hosts?class=W.B', 400, 'error'],
  ['/v1/hosts', '/v1/hosts?clas=WEB', 400, 'error'],
  ['/v1/hosts/{name}', '/v1/hosts/web01.example.test', 200, 'host'],
  ['/v1/hosts/{name}', '/v1/hosts/db01.example.test', 200, 'host'],
  ['/v1/hosts/{name}', '/v1/hosts/nosuch.example.test', 404, 'error'],
  ['/v1/hosts/{name}/explain', '/v1/hosts/web01.example.test/explain', 200, 'lookup'],
  ['/v1/hosts/{name}/explain', '/v1/hosts/nosuch/explain', 404, 'error'],
  ['/v1/hosts/{name}/history', '/v1/hosts/web01.example.test/history', 200, 'changes'],
  ['/v1/hosts/{name}/history', '/v1/hosts/nosuch/history', 404, 'error'],
  ['/v1/hosts/{name}/history', '/v1/hosts/web01.example.test/history?before=x', 400, 'error'],
  ['/v1/classes', '/v1/classes', 200, 'classes'],
  ['/v1/classes/{name}', '/v1/classes/WEB', 200, 'class'],
  ['/v1/classes/{name}', '/v1/classes/NOSUCH', 404, 'error'],
  ['/v1/classes/{name}/history', '/v1/classes/WEB/history', 200, 'changes'],
  ['/v1/classes/{name}/history', '/v1/classes/W.B/history', 404, 'error'],
  ['/v1/what-if', '/v1/what-if?source=zonefile%20example.test', 200, 'diff'],
  ['/v1/what-if', '/v1/what-if?source=nosuch', 404, 'error'],
  ['/v1/what-if', '/v1/what-if', 400, 'error'],
  ['/healthz', '/healthz', 200, 'health'],
]

for (const [route, path, status, schema] of answers) {
  t.test(`${path}: ${status}, as the document says`, async t => {
    const { ask } = openApiSite()
    const answer = await ask(path, route === '/v1/what-if' ? WHAT_IF : {})
    t.equal(answer.status, status)
    const validate = ajv.getSchema(`api#/components/schemas/${schema}`)
    t.ok(validate?.(await answer.json()), JSON.stringify(validate?.errors))
  })
}

t.test('every route of the document is asked, and every one of them is there', async t => {
  const texts = ['/v1/changes', '/metrics', '/openapi.json']
  const asked = new Set([...answers.map(([route]) => route), ...texts])
  t.strictSame([...asked].sort(), Object.keys(API_DOCUMENT.paths).sort())
  const { ask } = openApiSite()
  for (const path of texts) t.equal((await ask(path, { method: 'HEAD' })).status, 200, path)
  t.strictSame(await (await ask('/openapi.json')).json(), JSON.parse(JSON.stringify(API_DOCUMENT)))
})

t.test('schema/api.openapi.json is what the server says of itself', async t => {
  await matchGolden(t, 'schema/api.openapi.json', `${JSON.stringify(API_DOCUMENT, undefined, 2)}\n`)
})

t.test('hosts by name, page by page, by class and by expression', async t => {
  const { ask } = openApiSite()
  const namesIn = async (path: string) => {
    const { hosts, next } = (await (await ask(path)).json()) as { hosts: { fqdn: string }[]; next?: string }
    return [
      ...hosts.map(({ fqdn }) => fqdn.replace('.example.test', '')),
      ...(next === undefined ? [] : [`next ${next}`]),
    ]
  }
  t.strictSame(await namesIn('/v1/hosts?limit=2'), ['db01', 'ns1', 'next ns1.example.test'])
  t.strictSame(await namesIn('/v1/hosts?limit=2&after=ns1.example.test'), ['web01'])
  t.strictSame(await namesIn('/v1/hosts?class=BASE&class=WEB'), ['web01'])
  t.strictSame(await namesIn('/v1/hosts?where=BASE%26%26!WEB'), ['ns1'])
})

t.test('a parameter that there is not is named, with those that there are', async t => {
  const { ask } = openApiSite()
  const refusals = {
    '/v1/hosts?clas=WEB': 'there is no parameter "clas": this takes class, where, after, limit alone',
    '/v1/hosts/web01.example.test/history?class=WEB':
      'there is no parameter "class": this takes limit, before alone',
    '/v1/changes?since=7': 'there is no parameter "since": this takes none',
  }
  for (const [path, message] of Object.entries(refusals))
    t.match(await (await ask(path)).json(), { error: { code: 'bad-request', message } }, path)
})

t.test('a short name is told from one that nobody knows', async t => {
  const { ask } = openApiSite()
  const messageOf = async (name: string) => (await ask(`/v1/hosts/${name}`)).json()
  t.strictSame(await messageOf('web01'), {
    error: {
      code: 'host-not-found',
      message: 'no source knows the host "web01"; hosts are named in full, as in /v1/hosts',
    },
  })
  t.match(await messageOf('no.example.test'), {
    error: { message: 'no source knows the host "no.example.test"' },
  })
})

t.test('a list that the client has is not sent again', async t => {
  const { ask } = openApiSite()
  const path = '/v1/hosts/web01.example.test'
  const etag = (await ask(path)).headers.get('etag') ?? ''
  t.match(etag, /^"[\w-]{22}"$/)
  const again = await ask(path, { headers: { 'if-none-match': `"other", W/${etag}` } })
  t.equal(again.status, 304)
  t.equal(await again.text(), '')
  t.equal((await ask(path, { headers: { 'if-none-match': '"other"' } })).status, 200)
  const head = await ask(path, { method: 'HEAD' })
  t.equal(head.headers.get('etag'), etag)
  t.equal(await head.text(), '')
})

t.test('before the first whole state: 503, of lists as of health', async t => {
  const fault = {
    severity: 'error',
    code: 'source-unreachable',
    message: 'no answer',
    origin: { kind: 'server', server: '192.0.2.1' },
  } as const
  const { ask } = openApiSite({
    lists: fakeLists(THREE_HOSTS, [{ name: 'dns example.test', phase: 'loading', fault }]),
  })
  t.equal((await ask('/healthz')).status, 503)
  t.match(await (await ask('/v1/hosts')).json(), { error: { code: 'not-ready' } })
})

t.test('a source that is behind is named with its age, and answers go on', async t => {
  const confirmedAtMs = Date.UTC(2026, 10, 22, 11)
  const { ask } = openApiSite({
    lists: fakeLists(WHOLE_HOST, [{ name: 'ldap', phase: 'behind', confirmedAtMs }]),
  })
  const health = await ask('/healthz')
  t.equal(health.status, 200)
  t.match(await health.json(), {
    whole: false,
    sources: [{ name: 'ldap', phase: 'behind', ageSeconds: 3600 }],
  })
  t.equal((await ask('/v1/hosts')).status, 200)
})

t.test('hosts whose list has an error are counted, and all is not whole with them', async t => {
  const healthOf = async (hosts: Readonly<Record<string, string>>) =>
    (await openApiSite({ lists: fakeLists(hosts) }).ask('/healthz')).json()
  t.match(await healthOf(WHOLE_HOST), { ready: true, whole: true, faultyHosts: 0 })
  t.match(await healthOf(THREE_HOSTS), { ready: true, whole: false, faultyHosts: 1 })
})

t.test('who may come', async t => {
  const { ask, log } = openApiSite()
  for (const host of ['127.0.0.1:8053', 'LOCALHOST', '[::1]:8053', '127.0.0.9'])
    t.equal((await ask('/v1/hosts', { headers: { host } })).status, 200, host)
  for (const host of ['example.test', 'localhost.example.test:8053', '127.example.test', '192.0.2.1', ''])
    t.equal((await ask('/v1/hosts', { headers: { host } })).status, 421, host)
  t.match(log.at(-1), /^api 127\.0\.0\.1 GET refused \/v1\/hosts 421 /)
  const token = 'a-token-of-thirty-octets-here_'
  const closed = openApiSite({ admission: () => admitting(token) })
  const withToken = (text: string) =>
    closed.ask('/healthz', { headers: { host: 'example.test', authorization: `Bearer ${text}` } })
  t.equal((await withToken(token)).status, 200)
  t.equal((await withToken(`${token}x`)).status, 401)
  const none = await closed.ask('/healthz')
  t.equal(none.status, 401)
  t.equal(none.headers.get('www-authenticate'), 'Bearer')
  t.notOk(closed.log.join('\n').includes(token))
})

t.test('read-only: other methods are 405, and say which are not', async t => {
  const { ask } = openApiSite()
  for (const [path, method, allow] of [
    ['/v1/hosts', 'POST', 'GET, HEAD'],
    ['/v1/hosts/web01.example.test', 'DELETE', 'GET, HEAD'],
    ['/v1/what-if', 'GET', 'POST'],
  ] as const) {
    const answer = await ask(path, { method })
    t.equal(answer.status, 405)
    t.equal(answer.headers.get('allow'), allow)
  }
  t.match(await (await ask('/nosuch')).json(), { error: { code: 'not-found' } })
})

t.test('one what-if at a time, and a file that is too long is not read', async t => {
  const { promise, resolve } = Promise.withResolvers<object>()
  const { ask } = openApiSite({ whatIf: () => promise })
  const first = ask('/v1/what-if?source=x', WHAT_IF)
  const second = await ask('/v1/what-if?source=x', WHAT_IF)
  t.match(await second.json(), { error: { code: 'busy' } })
  resolve({})
  t.equal((await first).status, 200)
  const length = { 'content-length': String(2 ** 30) }
  t.equal((await ask('/v1/what-if?source=x', { ...WHAT_IF, headers: length })).status, 413)
})

t.test('without a history there is none to ask', async t => {
  const { ask } = openApiSite({ history: undefined })
  t.match(await (await ask('/v1/classes/WEB/history')).json(), { error: { code: 'no-history' } })
})
