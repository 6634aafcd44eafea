import { ERROR_CODE } from '../../wire/tftp/error-code.ts'
import type { RequestPacket } from '../../wire/tftp/packet.ts'
import { loadCLibrary } from '../c-library.ts'
import { openServedFile, toServedPath } from '../served-file.ts'
import { bufferContent, type Content, fileContent } from './content.ts'

/**
 * A file that is made for a client; undefined where there is none by that path, which has neither a slash in front nor
 * `..` in it.
 */
export type Generated = (path: string, clientAddress: string) => Promise<Buffer | undefined>

/** Where files come from: what is made for a client hides what lies below the root. */
export type Served = { readonly root: string; readonly generated: Generated }

/** What a request asks for, or the ERROR that answers it: `message` is for the client, `reason` for the log. */
export type Opened =
  | { readonly kind: 'content'; readonly content: Content; readonly mode: 'octet' | 'netascii' }
  | {
      readonly kind: 'refused' | 'missing'
      readonly code: number
      readonly message: string
      readonly reason: string
    }

/**
 * Opens what is asked for; rejects where it cannot be made or read. First row that applies.
 *
 *     request                               answer
 *     WRQ                                   error 2: read-only
 *     mode other than octet and netascii    error 4
 *     path out of the root                  error 2
 *     a generated file                      its octets
 *     a file below the root                 its octets
 *     a link out of it, no regular file,
 *       one that we may not read            error 2
 *     nothing                               error 1
 */
export const openContent = async (
  { kind, filename, mode }: RequestPacket,
  clientAddress: string,
  { root, generated }: Served,
): Promise<Opened> => {
  if (kind === 'write-request') return denied('this server is read-only')
  if (mode !== 'octet' && mode !== 'netascii') return UNKNOWN_MODE
  const path = toServedPath(filename)
  if (path === undefined) return denied('leads out of the root')
  const made = await generated(path, clientAddress)
  if (made !== undefined) return { kind: 'content', content: bufferContent(made), mode }
  const file = await openServedFile(root, path)
  switch (file.kind) {
    case 'file': {
      const libc = await loadCLibrary().catch(() => undefined)
      return { kind: 'content', content: fileContent(file.handle, file, libc), mode }
    }
    case 'refused':
      return denied(file.reason)
    case 'missing':
      return {
        kind: 'missing',
        code: ERROR_CODE.fileNotFound,
        message: 'file not found',
        reason: file.reason,
      }
  }
}

const denied = (reason: string): Opened => ({
  kind: 'refused',
  code: ERROR_CODE.accessViolation,
  message: 'access denied',
  reason,
})

const UNKNOWN_MODE: Opened = {
  kind: 'refused',
  code: ERROR_CODE.illegalOperation,
  message: 'mode is neither octet nor netascii',
  reason: 'asks for an unknown mode',
}
