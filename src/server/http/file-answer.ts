import { type OctetRange, parseRange } from './range.ts'

/** What is sent of a file. */
export type FileAnswer = {
  readonly status: 200 | 206 | 304 | 416
  readonly headers: Readonly<Record<string, string>>
  /** The octets of the body; absent where there is none. */
  readonly range?: OctetRange
}

/** What decides about it, of the file and of the request. */
export type FileQuestion = {
  readonly sizeBytes: number
  readonly modifiedMs: number
  readonly isHead: boolean
  /** The value of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined
}

/**
 * Status, headers and octets for a request of a file (RFC 9110, sections 13 and 14). Pure.
 *
 *     If-None-Match, else If-Modified-Since: unchanged    304
 *     Range, and If-Range absent or true                  206, or 416 where it lies behind the end
 *     anything else                                       200 with all of it
 *
 * HEAD has the headers of GET without a range (section 9.3.2), and no body.
 */
export const answerFile = ({ sizeBytes, modifiedMs, isHead, header }: FileQuestion): FileAnswer => {
  const etag = `"${sizeBytes.toString(16)}-${Math.floor(modifiedMs * 1000).toString(16)}"`
  const modified = new Date(modifiedMs).toUTCString()
  const headers = { 'accept-ranges': 'bytes', etag, 'last-modified': modified }
  if (isUnchanged(etag, modifiedMs, header)) return { status: 304, headers }

  const mayBePart = !isHead && [undefined, etag, modified].includes(header('if-range'))
  const range = mayBePart ? parseRange(header('range'), sizeBytes) : 'whole'
  if (range === 'unsatisfiable') {
    return {
      status: 416,
      headers: { ...headers, 'content-range': `bytes */${sizeBytes}`, 'content-length': '0' },
    }
  }
  const sent = range === 'whole' ? { first: 0, last: sizeBytes - 1 } : range
  const content = {
    'content-type': 'application/octet-stream',
    'content-length': `${sent.last - sent.first + 1}`,
  }
  const body = isHead ? {} : { range: sent }
  if (range === 'whole') return { status: 200, headers: { ...headers, ...content }, ...body }
  const contentRange = `bytes ${sent.first}-${sent.last}/${sizeBytes}`
  return { status: 206, headers: { ...headers, ...content, 'content-range': contentRange }, ...body }
}

const isUnchanged = (etag: string, modifiedMs: number, header: FileQuestion['header']): boolean => {
  const known = header('if-none-match')
  if (known !== undefined) return known.trim() === '*' || known.split(',').some(each => each.trim() === etag)
  const since = Date.parse(header('if-modified-since') ?? '')
  return Math.floor(modifiedMs / 1000) * 1000 <= since
}
