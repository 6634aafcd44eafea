import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CPIO_END, cpioPadding, encodeCpioHeader } from './cpio.ts'
import type { TreeEntry } from './tree-entries.ts'

/**
 * Writes files as one archive for the kernel, which takes several, one behind the other. It is not packed: what is large in it is
 * squashed already. The same files give the same octets.
 */
export const writePart = async (
  path: string,
  entries: readonly TreeEntry[],
  options: { readonly mtimeSeconds: number },
): Promise<void> =>
  pipeline(
    Readable.from(archiveOf(entries, options.mtimeSeconds), { objectMode: false }),
    createWriteStream(path),
  )

/** The archive in pieces. */
async function* archiveOf(entries: readonly TreeEntry[], mtimeSeconds: number): AsyncGenerator<Buffer, void> {
  for (const [index, { path, mode, content }] of entries.entries()) {
    const octets = Buffer.isBuffer(content) ? content : await readFile(content.file)
    yield encodeCpioHeader({ path, mode, inode: index + 1, mtimeSeconds, sizeBytes: octets.length })
    if (octets.length > 0) yield Buffer.concat([octets, cpioPadding(octets.length)])
  }
  yield CPIO_END
}
