import { appendFile, open, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { withFiles } from '../../testing/site-files.ts'
import { toNetascii } from '../../wire/tftp/netascii.ts'
import { loadCLibrary } from '../c-library.ts'
import { type BlockReader, readBlocks } from './blocks.ts'
import { bufferContent, type Content, fileContent } from './content.ts'

/** Every block up to the one that is shorter. */
const allBlocks = async (
  reader: BlockReader,
  blockSize: number,
  most: number,
): Promise<readonly Buffer[]> => {
  const blocks: Buffer[] = []
  for (;;) {
    const read = await reader.read(most)
    if (read.length === 0 || read.length > most) throw new Error(`${read.length} blocks`)
    blocks.push(...read)
    if ((read.at(-1)?.length ?? 0) < blockSize) break
  }
  await reader.close()
  return blocks
}

const SIZES = [0, 1, 511, 512, 513, 1024, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 300_000]
for (const size of SIZES) {
  t.test(`${size} octets in blocks of 512, the last one shorter`, async t => {
    const octets = Buffer.alloc(size, 'abc\n')
    for (const mode of ['octet', 'netascii'] as const) {
      const expected = mode === 'octet' ? octets : toNetascii(octets)
      const blocks = await allBlocks(readBlocks(bufferContent(octets), mode, 512), 512, 7)
      t.equal(blocks.length, Math.floor(expected.length / 512) + 1, mode)
      t.ok(Buffer.concat(blocks).equals(expected), mode)
    }
  })
}

t.test('netascii is cut where a block ends, whatever stands there', async t => {
  const octet = fc.constantFrom(0, 10, 13, 97)
  await fc.assert(
    fc.asyncProperty(fc.array(octet, { maxLength: 60 }), async codes => {
      const octets = Buffer.from(codes)
      const blocks = await allBlocks(readBlocks(bufferContent(octets), 'netascii', 8), 8, 2)
      return (
        Buffer.concat(blocks).equals(toNetascii(octets)) && blocks.slice(0, -1).every(b => b.length === 8)
      )
    }),
  )
  t.pass('the property holds')
})

t.test('blocks of 8 octets, the smallest, and of 65,464, the largest', async t => {
  const octets = Buffer.alloc(200_000, 'xyz')
  for (const blockSize of [8, 65_464]) {
    const blocks = await allBlocks(readBlocks(bufferContent(octets), 'octet', blockSize), blockSize, 64)
    t.ok(Buffer.concat(blocks).equals(octets))
  }
})

/** A content that counts how often it is closed. */
const counted = (content: Content): Content & { readonly closed: () => number } => {
  let closed = 0
  const close = async (): Promise<void> => {
    closed++
    await content.close()
  }
  return { ...content, close, closed: () => closed }
}

t.test('a content is closed behind its last block, or when the reader is', async t => {
  const whole = counted(bufferContent(Buffer.alloc(9)))
  await allBlocks(readBlocks(whole, 'octet', 8), 8, 2)
  t.equal(whole.closed(), 1)
  const half = counted(bufferContent(Buffer.alloc(300_000)))
  const reader = readBlocks(half, 'octet', 8)
  await reader.read(1)
  t.equal(half.closed(), 0)
  await reader.close()
  t.equal(half.closed(), 1)
})

const CHANGES: Readonly<
  Record<string, [change: (path: string) => Promise<void>, message: string | undefined]>
> = {
  'that becomes shorter': [path => truncate(path, 100_000), 'the file became shorter while it was sent'],
  'that becomes longer': [path => appendFile(path, 'more'), 'the file changed while it was sent'],
  'that is written anew': [
    path => writeFile(path, Buffer.alloc(300_000, 'b')),
    'the file changed while it was sent',
  ],
  'that another one replaces': [
    async path => {
      await writeFile(`${path}.new`, 'new')
      await rename(`${path}.new`, path)
    },
    undefined,
  ],
}
for (const [title, [change, message]] of Object.entries(CHANGES)) {
  for (const libc of [undefined, await loadCLibrary()]) {
    const how = libc === undefined ? 'by Node' : 'by the C library'
    t.test(`a file ${title}, read ${how}: ${message ?? 'is sent as it was'}`, async t => {
      await withFiles({ file: Buffer.alloc(300_000, 'a') }, async directory => {
        const path = join(directory, 'file')
        const handle = await open(path)
        const { size, mtimeMs } = await handle.stat()
        const content = fileContent(handle, { sizeBytes: size, modifiedMs: mtimeMs }, libc)
        const reader = readBlocks(content, 'octet', 512)
        await reader.read(1)
        await change(path)
        const rest = allBlocks(reader, 512, 64)
        if (message === undefined) t.equal(Buffer.concat(await rest).length, 300_000 - 512)
        else await t.rejects(rest, { name: 'ContentError', message })
        await t.rejects(handle.stat(), { code: 'EBADF' }, 'the file is closed')
      })
    })
  }
}

t.test('what the kernel has in memory is read at once, and what it has not by a thread', async t => {
  const octets = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
  await withFiles({ file: octets }, async directory => {
    const handle = await open(join(directory, 'file'))
    const libc = await loadCLibrary()
    const file = { sizeBytes: octets.length, modifiedMs: 0 }
    const views = [Buffer.alloc(1000), Buffer.alloc(24), Buffer.alloc(1)]
    const content = fileContent(handle, file, { ...libc, preadv2: () => -1 })
    await content.fill(views, 0)
    t.ok(Buffer.concat(views).equals(octets.subarray(0, 1025)))
    // It is there now, where the file system can tell.
    await fileContent(handle, file, libc).fill(views, 500)
    t.ok(Buffer.concat(views).equals(octets.subarray(500, 1525)))
    await handle.close()
  })
})
