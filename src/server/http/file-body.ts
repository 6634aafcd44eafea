import type { FileHandle } from 'node:fs/promises'
import type { OctetRange } from './range.ts'

/** Read at once. */
const CHUNK_OCTETS = 256 * 1024

/** How a body ended: `cut` where the client went away, or the file had become shorter. */
export type BodyEnd = { readonly sentBytes: number; readonly isCut: boolean }

/**
 * A part of an open file as a body; the next chunk is read once the client has taken the one before. Closes the file at its
 * end, whatever end that is, and tells of it once. Where it `isCut`, the connection is to be cut too: a client would take less than all for all.
 */
export const fileBody = (
  file: FileHandle,
  { first, last }: OctetRange,
  ended: (end: BodyEnd) => void,
): ReadableStream<Uint8Array> => {
  let position = first
  let isEnded = false
  const finish = async (isCut: boolean): Promise<void> => {
    if (isEnded) return
    isEnded = true
    await file.close()
    ended({ sentBytes: position - first, isCut })
  }
  const readChunk = async (): Promise<Uint8Array> => {
    const wanted = Math.min(CHUNK_OCTETS, last + 1 - position)
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, position)
    if (bytesRead === 0) throw new Error('the file has become shorter')
    position += bytesRead
    return buffer.subarray(0, bytesRead)
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          if (position <= last) controller.enqueue(await readChunk())
          if (position <= last) return
          await finish(false)
          controller.close()
        } catch {
          await finish(true)
          controller.close()
        }
      },
      cancel: () => finish(true),
    },
    { highWaterMark: 0 },
  )
}
