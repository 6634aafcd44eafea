import type { FileHandle } from 'node:fs/promises'
import type { CLibrary } from '../c-library.ts'

/** What is sent: a file, or octets that were made for this client. */
export type Content = {
  readonly sizeBytes: number
  /** Fills the views, one behind the other, with what stands from `position` on; undefined where that is done at once. */
  readonly fill: (views: readonly Buffer[], position: number) => Promise<void> | undefined
  /** Rejects where it is not what it was when it was opened. */
  readonly check: () => Promise<void>
  readonly close: () => Promise<void>
}

/** A content cannot be read any further; the message is for the client too. */
export class ContentError extends Error {
  override readonly name = 'ContentError'
}

/**
 * The content of an open file, as long as nobody writes to it; one that is replaced is sent as it was. With the C
 * library, what the kernel has in its memory is read at once.
 */
export const fileContent = (
  handle: FileHandle,
  { sizeBytes, modifiedMs }: { readonly sizeBytes: number; readonly modifiedMs: number },
  libc?: CLibrary,
): Content => ({
  sizeBytes,
  fill: (views, position) =>
    libc !== undefined && readCached(libc, handle.fd, views, position)
      ? undefined
      : readWhole(handle, views, position),
  check: async () => {
    const { size, mtimeMs } = await handle.stat()
    if (size !== sizeBytes || mtimeMs !== modifiedMs) {
      throw new ContentError('the file changed while it was sent')
    }
  },
  close: () => handle.close(),
})

/** Octets in memory as a content. */
export const bufferContent = (octets: Buffer): Content => ({
  sizeBytes: octets.length,
  fill: (views, position) => {
    scatter(octets, views, position)
    return undefined
  },
  check: async () => {},
  close: async () => {},
})

/** What is read at once. */
const CACHED = Buffer.allocUnsafeSlow(64 * 1024)
const RWF_NOWAIT = 8

/** Reads what is in memory (preadv2(2)); false where the disk would have to be waited for, or the file system cannot tell. */
const readCached = (libc: CLibrary, fd: number, views: readonly Buffer[], position: number): boolean => {
  const wanted = octetsOf(views)
  // Into one place: to say each to the kernel takes longer than to copy them.
  const place = { iov_base: CACHED, iov_len: wanted }
  if (wanted > CACHED.length || libc.preadv2(fd, [place], 1, position, RWF_NOWAIT) !== wanted) return false
  scatter(CACHED, views, 0)
  return true
}

const readWhole = async (handle: FileHandle, views: readonly Buffer[], position: number): Promise<void> => {
  const { bytesRead } = await handle.readv(views, position)
  if (bytesRead !== octetsOf(views)) throw new ContentError('the file became shorter while it was sent')
}

const octetsOf = (views: readonly Buffer[]): number => views.reduce((sum, { length }) => sum + length, 0)

const scatter = (octets: Buffer, views: readonly Buffer[], position: number): void => {
  let at = position
  for (const view of views) at += octets.copy(view, 0, at)
}
