import { symlink, truncate } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readByTftp } from '../../testing/tftp-client.ts'
import { openTftpPeer, readRequest } from '../../testing/tftp-peer.ts'
import { withTftpServer } from '../../testing/tftp-server.ts'
import { openTftpServer } from './open-tftp-server.ts'

const FILE = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251))
const FILES = { file: FILE, empty: '', whole: FILE.subarray(0, 1024), 'a/text': 'one\ntwo\r\n' }

const READS: Readonly<
  Record<string, { name: string; options?: Record<string, number>; accepted?: string; octets: Buffer }>
> = {
  'without options': { name: 'file', octets: FILE },
  'an empty file': { name: 'empty', options: { tsize: 0 }, accepted: 'tsize=0', octets: Buffer.alloc(0) },
  'a file of whole blocks': { name: 'whole', octets: FILE.subarray(0, 1024) },
  'a slash in front': { name: '/a\\text', octets: Buffer.from('one\ntwo\r\n') },
  'every option': {
    name: 'file',
    options: { BLKSIZE: 1468, windowsize: 4, timeout: 3, tsize: 0 },
    accepted: 'blksize=1468 windowsize=4 timeout=3 tsize=100000',
    octets: FILE,
  },
  'the smallest blocks, whose numbers roll over': {
    name: 'long',
    options: { blksize: 8, windowsize: 64 },
    accepted: 'blksize=8 windowsize=64',
    octets: Buffer.alloc(8 * 65_540 + 3, FILE),
  },
  'the largest blocks, in a window of what one client may have': {
    name: 'file',
    options: { blksize: 65_464, windowsize: 64 },
    accepted: 'blksize=65464 windowsize=2',
    octets: FILE,
  },
}
for (const [title, { name, options = {}, accepted = '', octets }] of Object.entries(READS)) {
  t.test(`${title}: the client has every octet, and one line tells of it`, async t => {
    await withTftpServer({ ...FILES, long: octets }, async ({ port, line }) => {
      const result = await readByTftp({ port, name, options })
      t.ok(result.octets.equals(octets))
      const said = [...result.options].map(pair => pair.join('=')).join(' ')
      t.same(said.split(' ').sort(), accepted.split(' ').sort())
      t.match(
        await line(1),
        /^tftp 127\.0\.0\.1 RRQ served ".*" octet, \d+ octets, blksize \d+, windowsize \d+$/,
      )
      t.match(await line(1), `octet, ${octets.length} octets`)
    })
  })
}

t.test('netascii: ends of lines are converted, and nobody knows the size', async t => {
  await withTftpServer(FILES, async ({ port }) => {
    const options = { tsize: 0, blksize: 8 }
    const result = await readByTftp({ port, name: 'a/text', mode: 'NetASCII', options })
    t.equal(String(result.octets), 'one\r\ntwo\r\0\r\n')
    t.strictSame([...result.options], [['blksize', '8']])
  })
})

t.test('a generated file hides one below the root, is made for who asks, and may fail', async t => {
  const generated = async (path: string, client: string): Promise<Buffer | undefined> => {
    if (path === 'broken') throw new Error('the sources do not answer')
    return path === 'file' ? Buffer.from(`${path} for ${client}`) : undefined
  }
  await withTftpServer(
    FILES,
    async ({ port, line }) => {
      t.equal(String((await readByTftp({ port, name: '//file' })).octets), 'file for 127.0.0.1')
      t.equal(String((await readByTftp({ port, name: 'a/text' })).octets), 'one\ntwo\r\n')
      const { error } = await readByTftp({ port, name: 'broken' })
      t.same(error, { code: 0, message: 'the file cannot be read' })
      t.equal(await line(3), 'tftp 127.0.0.1 RRQ failed "broken" "octet": the sources do not answer')
    },
    { generated },
  )
})

const REFUSALS: Readonly<Record<string, { name: string; mode?: string; code: number; line: string }>> = {
  'a file that is not there': { name: 'absent', code: 1, line: 'missing "absent" "octet": is not there' },
  'a path out of the root': { name: '../a', code: 2, line: 'refused "../a" "octet": leads out of the root' },
  'a link out of the root': { name: 'out', code: 2, line: 'refused "out" "octet": is outside of the root' },
  'a directory': { name: 'a', code: 2, line: 'refused "a" "octet": is a directory' },
  'another mode': {
    name: 'file',
    mode: 'mail',
    code: 4,
    line: 'refused "file" "mail": asks for an unknown mode',
  },
  'a name that a terminal would obey': {
    name: '\u001b[2J\u009b\n\u202e',
    code: 1,
    line: 'missing "\\u001b[2J\\u009b\\n\\u202e" "octet": is not there',
  },
}
for (const [title, { name, mode = 'octet', code, line }] of Object.entries(REFUSALS)) {
  t.test(`${title}: error ${code}, and why stands in the log`, async t => {
    await withTftpServer(FILES, async served => {
      await symlink('/etc/passwd', join(served.root, 'out'))
      t.equal((await readByTftp({ port: served.port, name, mode })).error?.code, code)
      t.equal(await served.line(1), `tftp 127.0.0.1 RRQ ${line}`)
    })
  })
}

t.test('nobody writes', async t => {
  await withTftpServer(FILES, async ({ port, line, root }) => {
    const peer = await openTftpPeer()
    peer.say({ ...readRequest('new'), kind: 'write-request' } as Parameters<typeof peer.say>[0], port)
    t.match(await peer.hear(), { kind: 'error', code: 2, message: 'access denied' })
    t.equal(await line(1), 'tftp 127.0.0.1 WRQ refused "new" "octet": this server is read-only')
    t.match(await readByTftp({ port, name: 'new' }), { error: { code: 1 } }, root)
    peer.close()
  })
})

t.test('what is no request: one line each, and no answer', async t => {
  await withTftpServer(FILES, async ({ port, line }) => {
    const peer = await openTftpPeer()
    const packets = [Buffer.of(0), Buffer.from('\0\x01\xff\0octet\0', 'latin1'), Buffer.of(0, 4, 0, 1)]
    for (const packet of packets) peer.say(packet, port)
    await line(3)
    const lines = await Promise.all([1, 2, 3].map(line))
    t.same(lines.sort(), [
      'tftp 127.0.0.1 packet malformed ack is no request at octet 0',
      'tftp 127.0.0.1 packet malformed filename is not UTF-8 at octet 2',
      'tftp 127.0.0.1 packet malformed packet is shorter than its opcode at octet 1',
    ])
    t.equal(peer.waiting(), 0)
    peer.close()
  })
})

t.test('a file that becomes shorter while it is sent: an error, and never a mixed file', async t => {
  await withTftpServer({ file: Buffer.alloc(500_000) }, async ({ port, root, line }) => {
    let blocks = 0
    const take = (): void => {
      if (++blocks === 1) void truncate(join(root, 'file'), 10)
    }
    const { error } = await readByTftp({ port, name: 'file', take })
    t.same(error, { code: 0, message: 'the file became shorter while it was sent' })
    t.match(
      await line(1),
      /^tftp 127\.0\.0\.1 RRQ failed "file" octet, \d+ octets, .*, the file became shorter/,
    )
  })
})

t.test('0.0.0.0: the answer comes from the address that was asked', async t => {
  const server = await openTftpServer({
    listen: { host: '0.0.0.0', port: 0 },
    root: import.meta.dirname,
    generated: async () => Buffer.from('x'),
    report: () => {},
  })
  const addresses = Object.values(networkInterfaces()).flatMap(found => found ?? [])
  for (const { address } of addresses.filter(({ family }) => family === 'IPv4')) {
    const peer = await readByTftp({ host: address, port: server.address.port, name: 'x' })
    t.equal(String(peer.octets), 'x', address)
    t.equal(peer.from, address)
  }
  await server.close()
})

t.test('an address that another server has: EnvironmentError that names it', async t => {
  await withTftpServer({}, async ({ port, root }) => {
    const listen = { host: '127.0.0.1', port }
    const opening = openTftpServer({ listen, root, generated: async () => undefined, report: () => {} })
    await t.rejects(opening, {
      name: 'EnvironmentError',
      message: `cannot listen at 127.0.0.1:${port} (UDP): address already in use`,
    })
  })
})
