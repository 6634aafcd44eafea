import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { PATIENCE_MS } from '../../testing/patience.ts'
import { randomFrom, runSeed } from '../../testing/random.ts'
import { withFiles } from '../../testing/site-files.ts'
import { readByTftp } from '../../testing/tftp-client.ts'
import { startTftpProcess, type TftpProcess } from '../../testing/tftp-process.ts'

const CLIENTS = 500
const FILE = randomBytes(1024 * 1024 + 1)
/** A client has two windows and two pieces of 64 KiB at most: 100 MiB for all, as much that V8 has not thrown away yet, and Node itself. */
const MOST_MIB = 400
const seed = runSeed()

/** Reads the file with one client; the octets that were right, in their order. */
const readAndCompare = async (port: number, windowSize: number, isLost?: () => boolean): Promise<number> => {
  let at = 0
  const { error } = await readByTftp({
    port,
    name: 'file',
    options: { blksize: 1468, windowsize: windowSize, tsize: 0 },
    take: payload => {
      if (payload.compare(FILE, at, at + payload.length) === 0) at += payload.length
    },
    ...(isLost && { isLost, copiesOfAck: 2, lingerMs: 5000 }),
  })
  if (error !== undefined) throw new Error(`${at} octets, then ${error.message}`)
  return at
}

/** The most sockets that were seen while something went on. */
const watchSockets = async (server: TftpProcess, work: Promise<unknown>): Promise<number> => {
  let [most, isOver] = [0, false]
  const over = work.finally(() => {
    isOver = true
  })
  while (!isOver) {
    most = Math.max(most, server.sockets())
    await delay(100)
  }
  await over
  return most
}

t.test(
  `${CLIENTS} clients at once, 2 % of all packets lost and every ACK doubled: all have the file (seed ${seed})`,
  async t => {
    await withFiles({ file: FILE }, async root => {
      const server = await startTftpProcess(root)
      try {
        const random = randomFrom(seed)
        const isLost = (): boolean => random.below(100) < 2
        const reads = Array.from({ length: CLIENTS }, (_, index) =>
          readAndCompare(server.port, [1, 4, 16][index % 3] ?? 1, isLost),
        )
        const sockets = await watchSockets(server, Promise.all(reads))
        t.strictSame(new Set(await Promise.all(reads)), new Set([FILE.length]))
        t.ok(sockets > CLIENTS / 2 && sockets <= CLIENTS + 1, `${sockets} sockets at most`)
        const { most } = server.memoryMib()

        t.ok(most < MOST_MIB, `${most.toFixed(0)} MiB at most`)
        t.equal(await server.stop(), 0)
        const { length } = server.transactions.filter(({ outcome }) => outcome === 'served')
        t.equal(length, CLIENTS, 'each of them is told of as served')
      } finally {
        server.child.kill('SIGKILL')
      }
    })
  },
)

t.test('a thousand transfers one after the other leave no memory and no socket behind', async t => {
  await withFiles({ file: FILE }, async root => {
    const server = await startTftpProcess(root)
    try {
      for (let round = 1; round <= 20; round++) {
        await Promise.all(Array.from({ length: 50 }, () => readAndCompare(server.port, 16)))
      }
      const { now } = server.memoryMib()
      t.ok(now < MOST_MIB, `${now.toFixed(0)} MiB behind 1000 MiB`)
      // The last of them is closed a moment after its client has everything.
      const deadline = performance.now() + PATIENCE_MS
      while (server.sockets() > 1 && performance.now() < deadline) await delay(10)
      t.equal(server.sockets(), 1)
    } finally {
      server.child.kill('SIGKILL')
    }
  })
})

t.test('a large file does not hold up small ones: they begin later, and end sooner', async t => {
  const large = Buffer.alloc(64 * 1024 * 1024)
  await withFiles({ file: FILE, large }, async root => {
    const server = await startTftpProcess(root)
    try {
      const ended: string[] = []
      let begun = (): void => {}
      const hasBegun = new Promise<void>(resolve => {
        begun = resolve
      })
      const options = { blksize: 1468, windowsize: 64 }
      const reading = readByTftp({ port: server.port, name: 'large', options, take: () => begun() })
      await hasBegun
      const small = Array.from({ length: 10 }, async () => {
        t.equal(await readAndCompare(server.port, 4), FILE.length)
        ended.push('small')
      })
      await Promise.all([...small, reading.then(() => ended.push('large'))])
      t.equal(ended.at(-1), 'large')
    } finally {
      server.child.kill('SIGKILL')
    }
  })
})
