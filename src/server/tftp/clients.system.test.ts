import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import tftp from 'node-tftp'
import t from 'tap'
import { runToEnd } from '../../testing/run-program.ts'
import { type ServedFiles, withTftpServer } from '../../testing/tftp-server.ts'

const FILE = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7) % 251))
const FILES = { file: FILE, whole: FILE.subarray(0, 1024 * 100), empty: '', 'a/text': 'one\ntwo\n' }

/** A client that stores a file; it is said how it fails. */
type Get = (port: number, name: string, to: string) => Promise<{ readonly code: number }>

const HOST = '127.0.0.1'
const atftp =
  (...options: readonly string[]): Get =>
  (port, name, to) =>
    runToEnd('atftp', [
      ...options.flatMap(option => ['--option', option]),
      ...['--get', '--remote-file', name, '--local-file', to, HOST, String(port)],
    ])
const hpa =
  (mode: string): Get =>
  (port, name, to) =>
    runToEnd('tftp', ['-m', mode, HOST, String(port), '-c', 'get', name, to])
const nodeTftp =
  (options: { blockSize: number; windowSize: number }): Get =>
  async (port, name, to) => {
    const client = tftp.createClient({ host: HOST, port, ...options })
    const get = promisify<string, string, void>((from, local, done) => client.get(from, local, done))
    return get(name, to).then(
      () => ({ code: 0 }),
      () => ({ code: 1 }),
    )
  }

const CLIENTS: Readonly<Record<string, { get: Get; options: string }>> = {
  atftp: { get: atftp(), options: 'blksize 512, windowsize 1' },
  'atftp with options': {
    get: atftp('blksize 1468', 'windowsize 16', 'tsize', 'timeout 2'),
    options: 'blksize 1468, windowsize 16',
  },
  'tftp-hpa': { get: hpa('octet'), options: 'blksize 512, windowsize 1' },
  curl: {
    get: (port, name, to) => runToEnd('curl', ['-sS', '-o', to, `tftp://${HOST}:${port}/${name}`]),
    options: 'blksize 512, windowsize 1',
  },
  'curl with blksize': {
    get: (port, name, to) =>
      runToEnd('curl', ['-sS', '--tftp-blksize', '1024', '-o', to, `tftp://${HOST}:${port}/${name}`]),
    options: 'blksize 1024, windowsize 1',
  },
  busybox: {
    get: (port, name, to) =>
      runToEnd('busybox', ['tftp', '-g', '-b', '1428', '-l', to, '-r', name, HOST, String(port)]),
    options: 'blksize 1428, windowsize 1',
  },
  'node-tftp': {
    get: nodeTftp({ blockSize: 1468, windowSize: 16 }),
    options: 'blksize 1468, windowsize 16',
  },
  'node-tftp in small blocks': {
    get: nodeTftp({ blockSize: 512, windowSize: 1 }),
    options: 'blksize 512, windowsize 1',
  },
}

const storedAt = ({ root }: ServedFiles): string => join(root, 'stored')

for (const [title, { get, options }] of Object.entries(CLIENTS)) {
  // curl takes the size 0 that it is told for a fault.
  const names = title.startsWith('curl') ? ['file', 'whole'] : ['file', 'whole', 'empty']
  t.test(`${title}: ${names.join(', ')}, and what is not there`, async t => {
    await withTftpServer(FILES, async served => {
      for (const [count, name] of names.entries()) {
        await get(served.port, name, storedAt(served))
        const stored = await readFile(storedAt(served))
        t.ok(stored.equals(Buffer.from(FILES[name as keyof typeof FILES])), name)
        t.match(
          await served.line(count + 1),
          `RRQ served "${name}" octet, ${stored.length} octets, ${options}`,
        )
      }
      await get(served.port, 'absent', storedAt(served))
      t.equal(
        await served.line(names.length + 1),
        'tftp 127.0.0.1 RRQ missing "absent" "octet": is not there',
      )
    })
  })
}

t.test('tftp-hpa in netascii: ends of lines come back as they were', async t => {
  await withTftpServer(FILES, async served => {
    await hpa('netascii')(served.port, 'a/text', storedAt(served))
    t.equal(await readFile(storedAt(served), 'utf8'), FILES['a/text'])
    t.match(await served.line(1), 'RRQ served "a/text" netascii, 10 octets')
  })
})

t.test('nobody puts a file: atftp and curl are refused', async t => {
  await withTftpServer(FILES, async served => {
    const path = join(served.root, 'a/text')
    const url = `tftp://${HOST}:${served.port}/new`
    const put = ['--put', '--local-file', path, '--remote-file', 'new', HOST, String(served.port)]
    t.not((await runToEnd('curl', ['-sS', '-T', path, url])).code, 0)
    await runToEnd('atftp', put)
    t.match(await served.line(2), 'tftp 127.0.0.1 WRQ refused "new" "octet": this server is read-only')
    await t.rejects(readFile(join(served.root, 'new')), { code: 'ENOENT' })
  })
})
