import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import { CPIO_END, cpioPadding, encodeCpioHeader } from './cpio.ts'
import type { TreeEntry } from './tree-entries.ts'

/** How an archive is written. */
export type PartOptions = {
  /** Of all files in it, seconds since 1970. */
  readonly mtimeSeconds: number
  /** Of zstd, 1 to 19: from there on the kernel would need more memory than it gives. */
  readonly level: number
}

/** Writes files as one archive for the kernel, packed by zstd; the same files give the same octets. */
export const writePart = async (
  path: string,
  entries: readonly TreeEntry[],
  { mtimeSeconds, level }: PartOptions,
): Promise<void> => {
  const params = { [constants.ZSTD_c_compressionLevel]: level }
  const archive = Readable.from(archiveOf(entries, mtimeSeconds), { objectMode: false })
  await pipeline(archive, createZstdCompress({ params }), createWriteStream(path))
}

/** The archive in pieces; the content of a file with several names stands at the first of them alone. */
export async function* archiveOf(
  entries: readonly TreeEntry[],
  mtimeSeconds: number,
): AsyncGenerator<Buffer, void> {
  const names = Map.groupBy(entries, ({ hardLink }) => hardLink)
  const inodes = new Map<string, number>()
  for (const [index, entry] of entries.entries()) {
    const { path, mode, content, hardLink } = entry
    const isAgain = hardLink !== undefined && inodes.has(hardLink)
    const inode = (hardLink === undefined ? undefined : inodes.get(hardLink)) ?? index + 1
    if (hardLink !== undefined) inodes.set(hardLink, inode)
    const octets = isAgain ? Buffer.alloc(0) : await contentOf(content)
    const links = hardLink === undefined ? 1 : (names.get(hardLink)?.length ?? 1)
    yield encodeCpioHeader({ path, mode, inode, links, mtimeSeconds, sizeBytes: octets.length })
    if (octets.length > 0) yield Buffer.concat([octets, cpioPadding(octets.length)])
  }
  yield CPIO_END
}

const contentOf = async (content: TreeEntry['content']): Promise<Buffer> =>
  Buffer.isBuffer(content) ? content : readFile(content.file)
