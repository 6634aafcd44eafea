import type { RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { withHttpServer } from '../testing/file-server.ts'
import { freePort } from '../testing/free-port.ts'
import { type BootServer, openBootServer, RefusedByServerError } from './boot-server.ts'

type Heard = { readonly line: string; readonly key: string | undefined; readonly body: string }

/** A boot server that answers with this status; what it heard. */
const withServer = async (
  status: number,
  use: (server: BootServer, heard: readonly Heard[]) => Promise<void>,
): Promise<void> => {
  const heard: Heard[] = []
  const answer: RequestListener = async (request, response) => {
    const { method, url, headers } = request
    heard.push({ line: `${method} ${url}`, key: headers.authorization, body: await text(request) })
    response.statusCode = status
    response.end(status === 200 ? '{"answer":1}' : status === 204 ? undefined : 'the token is spent\n')
  }
  await withHttpServer(answer, async address =>
    use(openBootServer(address.replace(/\/$/, ''), new AbortController().signal), heard),
  )
}

t.test('the protocol', async t => {
  await withServer(200, async (server, heard) => {
    t.strictSame(await server.order('TOKEN', { facts: [] }), { answer: 1 })
    await server.event('KEY', { event: 'task-begin', task: 'partition' })
    await server.log('KEY', 'logs', Buffer.from('archive'))
    await server.end('KEY', { outcome: 'failed', message: 'no disk' })
    await server.discover('52:54:00:12:34:56', 'RAMSIZE: 1 GiB\n')
    t.strictSame(heard, [
      { line: 'POST /install', key: 'Bearer TOKEN', body: '{"facts":[]}' },
      { line: 'POST /report/event', key: 'Bearer KEY', body: '{"event":"task-begin","task":"partition"}' },
      { line: 'PUT /report/log/logs.tar.gz', key: 'Bearer KEY', body: 'archive' },
      { line: 'POST /report/end', key: 'Bearer KEY', body: '{"outcome":"failed","message":"no disk"}' },
      { line: 'PUT /discover/52-54-00-12-34-56', key: undefined, body: 'RAMSIZE: 1 GiB\n' },
    ])
  })
})

const refusal = async (t: Test, status: number): Promise<void> => {
  await withServer(status, async (server, heard) => {
    const error = await server.order('TOKEN', { facts: [] }).catch((caught: unknown) => caught)
    t.ok(error instanceof RefusedByServerError)
    t.match(error, { status, message: `the boot server refused with ${status}: the token is spent` })
    t.equal(heard.length, 1, 'a token is not tried twice')
  })
}

t.test('a refusal is said once and not repeated', async t => {
  await refusal(t, 403)
  await refusal(t, 409)
  await refusal(t, 500)
  await refusal(t, 503)
})

t.test('a server that waits for something itself is asked again, as soon as it says', async t => {
  let asked = 0
  const answer: RequestListener = (_, response) => {
    asked += 1
    response.writeHead(asked < 3 ? 503 : 200, { 'retry-after': '0' })
    response.end(asked < 3 ? 'no server answers\n' : '{"answer":1}')
  }
  await withHttpServer(answer, async address => {
    const server = openBootServer(address.replace(/\/$/, ''), new AbortController().signal)
    t.strictSame(await server.order('TOKEN', { facts: [] }), { answer: 1 })
  })
  t.equal(asked, 3)
})

t.test('a server that is not there is asked until somebody says stop', async t => {
  const stop = new AbortController()
  const server = openBootServer(`http://127.0.0.1:${await freePort()}`, stop.signal)
  const asked = server.discover('52:54:00:12:34:56', '')
  stop.abort(new Error('enough'))
  await t.rejects(asked, /enough|aborted/)
})
