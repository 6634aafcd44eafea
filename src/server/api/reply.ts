import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { HttpEnv } from '../http/context.ts'

/** An error as it is told: `{ error: { code, message } }`. */
export const fail = (
  c: Context<HttpEnv>,
  status: ContentfulStatusCode,
  code: string,
  message: string,
): Response => {
  c.set('note', message)
  c.header('cache-control', 'no-store')
  return c.json({ error: { code, message } }, status)
}

/** Data with its ETag, or 304 where the client has it (RFC 9110, section 13.1.2). */
export const answer = (c: Context<HttpEnv>, value: object): Response => {
  const text = JSON.stringify(value)
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  c.header('etag', etag)
  c.header('cache-control', 'no-cache')
  const has = (c.req.header('if-none-match') ?? '').split(',').map(tag => tag.trim().replace(/^W\//, ''))
  if (has.includes(etag) || has.includes('*')) return c.body(null, 304)
  return c.body(text, 200, { 'content-type': 'application/json' })
}
