import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { type BootSite, bootDirectory, openBootSite } from '../../testing/boot-site.ts'
import { type HttpLimits, openHttpServer } from './listen.ts'

// Files over HTTP, to curl and to clients that behave badly.

const run = promisify(execFile)

const CONTENT = randomBytes(300_000)

const open = async (t: Test, limits: Partial<HttpLimits> = {}) => {
  const site = await openBootSite(await bootDirectory(t))
  const root = site.options.root
  await writeFile(join(root, 'vmlinuz'), CONTENT)
  const server = await openHttpServer({ ...site.options, limits, listen: { host: '127.0.0.1', port: 0 } })
  t.teardown(() => server.close(0))
  return { site, root, server, url: `http://127.0.0.1:${server.address.port}` }
}

/** What curl gets: status, body, headers. */
const curl = async (...args: string[]) => {
  const { stdout } = await run(
    'curl',
    ['--silent', '--max-time', '60', '--include', '--path-as-is', ...args],
    {
      encoding: 'buffer',
      maxBuffer: 2 ** 26,
    },
  )
  const end = stdout.indexOf('\r\n\r\n')
  const head = stdout.toString('latin1', 0, end)
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body: stdout.subarray(end + 4) }
}

/** A raw connection that has asked for a file and does not read. */
const askRaw = async (port: number, path: string): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.pause()
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
  return socket
}

/** Resolves once a line of the log matches. */
const logged = async ({ log }: BootSite, pattern: RegExp): Promise<string> => {
  for (;;) {
    const line = log.find(each => pattern.test(each))
    if (line !== undefined) return line
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

t.test('a file, its head, and parts of it', async t => {
  const { url, site } = await open(t)
  const whole = await curl(`${url}/vmlinuz`)
  t.equal(whole.status, 200)
  t.ok(whole.body.equals(CONTENT))
  t.match(whole.head, 'content-length: 300000')
  t.match(whole.head, 'accept-ranges: bytes')

  const head = await curl('--head', `${url}/vmlinuz`)
  t.equal(head.status, 200)
  t.match(head.head, 'content-length: 300000')
  t.equal(head.body.length, 0)

  const part = await curl('--range', '1000-270000', `${url}/vmlinuz`)
  t.equal(part.status, 206)
  t.match(part.head, 'content-range: bytes 1000-270000/300000')
  t.ok(part.body.equals(CONTENT.subarray(1000, 270001)))
  t.ok((await curl('--range', '-5', `${url}/vmlinuz`)).body.equals(CONTENT.subarray(-5)))

  const behind = await curl('--range', '300000-', `${url}/vmlinuz`)
  t.equal(behind.status, 416)
  t.match(behind.head, 'content-range: bytes */300000')

  const etag = /etag: (".*")/.exec(whole.head)?.[1] ?? ''
  t.equal((await curl('--header', `If-None-Match: ${etag}`, `${url}/vmlinuz`)).status, 304)
  t.equal((await curl('--http1.0', `${url}/vmlinuz`)).status, 200)
  t.equal((await curl('--http1.0', '--header', 'Host:', `${url}/vmlinuz`)).status, 200, 'without a Host')
  await logged(site, /^http 127\.0\.0\.1 GET served \/vmlinuz 206 269001 octets$/)
})

t.test('an empty file, one with blanks in its name, one in a directory', async t => {
  const { url, root } = await open(t)
  await writeFile(join(root, 'empty'), '')
  await mkdir(join(root, 'a b'))
  await writeFile(join(root, 'a b', 'ü%2e'), 'x')
  const empty = await curl(`${url}/empty`)
  t.strictSame([empty.status, empty.body.length], [200, 0])
  t.match(empty.head, 'content-length: 0')
  t.equal((await curl(`${url}/a%20b/%C3%BC%252e`)).body.toString(), 'x')
  t.equal((await curl(`${url}//vmlinuz`)).status, 200)
})

t.test('no path leads out of the root, and no directory is listed', async t => {
  const { url, root, site } = await open(t)
  await writeFile(join(site.directory, 'secret'), 'secret')
  await symlink(join(site.directory, 'secret'), join(root, 'out'))
  await symlink('../secret', join(root, 'out-relative'))
  await symlink('..', join(root, 'up'))
  await symlink('vmlinuz', join(root, 'in'))
  await symlink('circle', join(root, 'circle'))
  await mkdir(join(root, 'directory'))
  await run('mkfifo', [join(root, 'fifo')])
  const paths = [
    '/../secret',
    '/%2e%2e/secret',
    '/..%2fsecret',
    '/%2e%2e%2fsecret',
    '/directory/../../secret',
    '/..%5csecret',
    '/.%00./secret',
    '/vmlinuz%00',
    '/%ff',
    '/%zz',
    '/out',
    '/out-relative',
    '/up/secret',
    '/circle',
    '/directory',
    '/directory/',
    '/',
    '/fifo',
    '/vmlinuz/x',
    `/${'x'.repeat(5000)}`,
  ]
  for (const path of paths) {
    const { status, body } = await curl(url + path)
    t.equal(status, 404, path)
    t.notOk(body.includes('secret'), path)
  }
  t.equal((await curl(`${url}/..\\secret`)).status, 400)
  t.ok((await curl(`${url}/in`)).body.equals(CONTENT), 'a link that stays inside')
})

t.test('nothing is redirected, and files are only read', async t => {
  const { url } = await open(t)
  t.notOk((await curl(`${url}/directory`)).head.includes('location'))
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND', 'PATCH']) {
    const answer = await curl('--request', method, `${url}/vmlinuz`)
    t.equal(answer.status, 405, method)
    t.match(answer.head, 'allow: get, head')
  }
})

t.test('50 clients at once get all of a large file', async t => {
  const { url, root } = await open(t)
  const content = randomBytes(8 * 2 ** 20)
  await writeFile(join(root, 'initrd.img'), content)
  const digest = createHash('sha256').update(content).digest('hex')
  const fetch = () => run('sh', ['-c', `curl --silent --max-time 300 ${url}/initrd.img | sha256sum`])
  const answers = await Promise.all(Array.from({ length: 50 }, fetch))
  t.strictSame(
    answers.map(({ stdout }) => stdout.slice(0, 64)),
    Array.from({ length: 50 }, () => digest),
  )
})

t.test(
  'for a client that does not read, no more is read of the file than fits on the way; then it is cut',
  async t => {
    const { root, server, site } = await open(t, { idleMs: 500 })
    await writeFile(join(root, 'large'), '')
    await truncate(join(root, 'large'), 2 ** 30)
    const socket = await askRaw(server.address.port, '/large')
    const line = await logged(site, /cut/)
    const sent = Number(/(\d+) octets/.exec(line)?.[1])
    t.ok(sent > 0 && sent < 2 ** 26, `${sent} of ${2 ** 30} octets`)
    socket.destroy()
  },
)

t.test('a client that sends its request slowly, or half of it, is cut', async t => {
  const { server, site } = await open(t, { headMs: 300 })
  const socket = connect(server.address.port, '127.0.0.1').on('error', () => {})
  socket.write('GET /vmlinuz HTTP/1.1\r\nX-Slow: ')
  const timer = setInterval(() => socket.write('x'), 100)
  socket.resume()
  await once(socket, 'close')
  clearInterval(timer)
  t.match(await logged(site, /malformed/), 'http 127.0.0.1 OTHER malformed ')
})

t.test('an address has so many connections, and no more', async t => {
  const { server } = await open(t, { connectionsOfAddress: 3 })
  const sockets = await Promise.all([1, 2, 3].map(() => askRaw(server.address.port, '/vmlinuz')))
  const fourth = connect(server.address.port, '127.0.0.1').on('error', () => {})
  fourth.resume()
  await once(fourth, 'close')
  sockets[0]?.destroy()
  await once(sockets[0] as Socket, 'close')
  // It goes for the server a moment later than for us.
  const again = ['--retry', '10', '--retry-all-errors', `http://127.0.0.1:${server.address.port}/healthz`]
  t.equal((await curl(...again)).status, 200, 'one that went makes room')
  for (const socket of sockets) socket.destroy()
})

t.test('a file that becomes shorter while it is sent cuts the connection', async t => {
  const { root, server, site } = await open(t)
  await writeFile(join(root, 'large'), '')
  await truncate(join(root, 'large'), 2 ** 28)
  const socket = await askRaw(server.address.port, '/large')
  socket.once('readable', () => {})
  await once(socket, 'readable')
  await truncate(join(root, 'large'), 10)
  let received = 0
  socket.on('data', chunk => {
    received += chunk.length
  })
  socket.on('error', () => {})
  socket.resume()
  await once(socket, 'close')
  t.ok(received < 2 ** 28)
  t.match(await logged(site, /\/large/), / GET cut \/large 200 \d+ octets/)
})

t.test('close: nobody new is answered, and who is being answered gets all of it', async t => {
  const { root, server } = await open(t)
  const size = 2 ** 25
  await writeFile(join(root, 'large'), '')
  await truncate(join(root, 'large'), size)
  const socket = await askRaw(server.address.port, '/large')
  await once(socket, 'readable')
  let isClosed = false
  const closed = server.close(60_000).then(() => {
    isClosed = true
  })
  await t.rejects(curl(`http://127.0.0.1:${server.address.port}/healthz`))
  t.notOk(isClosed)
  let received = 0
  socket.on('data', chunk => {
    received += chunk.length
  })
  socket.resume()
  await Promise.all([closed, once(socket, 'close')])
  t.ok(received > size, 'the body, and the head before it')
})

t.test('close: who takes nothing is not waited for', async t => {
  const { root, server, site } = await open(t)
  await writeFile(join(root, 'large'), '')
  await truncate(join(root, 'large'), 2 ** 28)
  const socket = (await askRaw(server.address.port, '/large')).on('error', () => {})
  await once(socket, 'readable')
  await server.close(100)
  t.match(await logged(site, /\/large/), / cut /)
})
