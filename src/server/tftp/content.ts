import type { FileHandle } from 'node:fs/promises'

/** What is sent: a file, or octets that were made for this client. */
export type Content = {
  readonly sizeBytes: number
  /** Fills the views, one behind the other, with what stands from `position` on. */
  readonly fill: (views: readonly Buffer[], position: number) => Promise<void>
  /** Rejects where it is not what it was when it was opened. */
  readonly check: () => Promise<void>
  readonly close: () => Promise<void>
}

/** A content cannot be read any further; the message is for the client too. */
export class ContentError extends Error {
  override readonly name = 'ContentError'
}

/** The content of an open file, as long as nobody writes to it; one that is replaced is sent as it was. */
export const fileContent = (
  handle: FileHandle,
  { sizeBytes, modifiedMs }: { readonly sizeBytes: number; readonly modifiedMs: number },
): Content => ({
  sizeBytes,
  fill: async (views, position) => {
    const wanted = views.reduce((sum, { length }) => sum + length, 0)
    const { bytesRead } = await handle.readv(views, position)
    if (bytesRead !== wanted) throw new ContentError('the file became shorter while it was sent')
  },
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
  fill: async (views, position) => {
    let at = position
    for (const view of views) at += octets.copy(view, 0, at)
  },
  check: async () => {},
  close: async () => {},
})
