import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fakeLists, THREE_HOSTS } from '../../testing/api-site.ts'
import { makeCertificates } from '../../testing/certificates.ts'
import { changesAt } from '../../testing/history.ts'
import { startLines } from '../../testing/line-program.ts'
import { runToEnd } from '../../testing/run-program.ts'
import { withFiles } from '../../testing/site-files.ts'
import { formatTransaction } from '../transaction.ts'
import { type ApiAccess, openApiServer } from './open-api-server.ts'

// The API over real connections: curl, TLS with certificates of clients, and a stream of events.

const openServer = async (t: Test, access: Partial<ApiAccess> = {}) => {
  const lists = fakeLists(THREE_HOSTS)
  const log: string[] = []
  const server = await openApiServer({
    lists,
    catalog: () => new Map(),
    explain: async () => ({}),
    whatIf: async () => undefined,
    history: undefined,
    metrics: async () => '',
    report: transaction => log.push(formatTransaction(transaction)),
    now: Date.now,
    listen: { host: '127.0.0.1', port: 0 },
    ...access,
  })
  t.teardown(() => server.close(0))
  return { lists, log, server, at: `127.0.0.1:${server.address.port}` }
}

const curl = (...args: readonly string[]) => runToEnd('curl', ['--silent', '--max-time', '60', ...args])

t.test('TLS: a client with a certificate of the CA has answers, another one no connection', async t => {
  await withFiles({}, async directory => {
    const { caFile } = await makeCertificates(directory)
    const [certFile, keyFile] = [join(directory, 'server.pem'), join(directory, 'server.key')]
    const { at, log } = await openServer(t, { tls: { certFile, keyFile, clientCaFile: caFile } })
    const url = `https://${at}/v1/hosts/web01.example.test`
    // The certificate of the server serves for a client as well: it is one of the CA.
    const own = ['--cert', certFile, '--key', keyFile]
    const known = await curl('--cacert', caFile, ...own, url)
    t.match(JSON.parse(known.stdout), { fqdn: 'web01.example.test' })
    const unknown = await curl('--cacert', caFile, url)
    t.not(unknown.code, 0)
    t.equal(unknown.stdout, '')
    const other = ['--cert', join(directory, 'other-ca.pem'), '--key', join(directory, 'other-ca.key')]
    t.not((await curl('--cacert', caFile, ...other, url)).code, 0)
    t.match(log[0], /^api 127\.0\.0\.1 GET served \/v1\/hosts\/web01\.example\.test 200$/)
  })
})

t.test('a stream: curl sees each change as it comes, and its end is ours', async t => {
  const { at, lists, server } = await openServer(t)
  const client = startLines([
    'curl',
    '--silent',
    '--no-buffer',
    '--max-time',
    '60',
    `http://${at}/v1/changes`,
  ])
  try {
    await client.line(/^id: \d+$/)
    lists.change(changesAt(Date.now(), { 'web01.example.test': 'DEFAULT web01 LAST' }))
    await client.line(/^event: change$/)
    const text = await client.line(/^data: /)
    t.match(JSON.parse(text.slice('data: '.length)), { hosts: [{ fqdn: 'web01.example.test' }] })
    await server.close()
    t.pass('the server ends though a stream was open')
  } finally {
    await client.stop()
  }
})

t.test('a name that leads here from elsewhere is refused', async t => {
  const { at } = await openServer(t)
  const { stdout } = await curl('--header', 'Host: rebound.example.test', `http://${at}/v1/hosts`)
  t.match(JSON.parse(stdout), { error: { code: 'host-refused' } })
})

t.test('a what-if of more than 64 MiB is refused, whatever it says of its length', async t => {
  const { at } = await openServer(t)
  const script = 'head -c 70000000 /dev/zero | curl --silent --max-time 60 -T - -X POST "$1"'
  const { stdout } = await runToEnd('sh', ['-c', script, 'sh', `http://${at}/v1/what-if?source=x`])
  t.match(JSON.parse(stdout), { error: { code: 'too-large' } })
})
