import type { Test } from 'tap'
import { readByTftp } from './tftp-client.ts'
import { openTftpPeer, readRequest } from './tftp-peer.ts'
import { withTftpServer } from './tftp-server.ts'

const FILE = Buffer.from(Array.from({ length: 500_000 }, (_, index) => (index * 7) % 251))
/** Both windows that fit into a segment and those that do not, and one that does not fit the pieces of a file. */
const WINDOWS = [
  { blksize: 512, windowsize: 1 },
  { blksize: 1468, windowsize: 4 },
  { blksize: 1468, windowsize: 64 },
  { blksize: 8192, windowsize: 8 },
]

/** What a transfer does whichever socket it has: every octet, from the address that was asked, and nothing to strangers. */
export const testTransfers = (t: Test): void => {
  for (const host of ['127.0.0.1', '::1']) {
    t.test(`${host}: the client has every octet, of windows of any size`, t =>
      withTftpServer(
        { file: FILE },
        async ({ port, line }) => {
          for (const [index, options] of WINDOWS.entries()) {
            const { octets, from } = await readByTftp({ host, port, name: 'file', options })
            t.ok(octets.equals(FILE), JSON.stringify(options))
            t.equal(from, host)
            t.match(await line(index + 1), `tftp ${host} RRQ served "file" octet, ${FILE.length} octets`)
          }
        },
        { host },
      ),
    )
    t.test(`${host}: another port is told so, and the transfer goes on`, t => refuseStranger(t, host))
  }
}

const refuseStranger = (t: Test, host: string): Promise<void> =>
  withTftpServer(
    { file: FILE },
    async ({ port }) => {
      const [peer, stranger] = [await openTftpPeer(host), await openTftpPeer(host)]
      peer.say(readRequest('file'), port)
      const { from } = await peer.hear()
      stranger.say({ kind: 'ack', block: 1 }, from)
      t.match(await stranger.hear(), { kind: 'error', code: 5, from })
      peer.say({ kind: 'ack', block: 1 }, from)
      t.match(await peer.hear(), { kind: 'data', block: 2, from })
      peer.say({ kind: 'error', code: 0, message: '' }, from)
      peer.close()
      stranger.close()
    },
    // So long that nothing is repeated meanwhile.
    { host, limits: { firstTimeoutMs: 100_000, silenceMs: 100_000 } },
  )
