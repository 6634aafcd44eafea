import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { toClient } from '../transaction.ts'

/** What is known of a request beside itself. */
export type HttpEnv = {
  Bindings: HttpBindings
  Variables: {
    /** For the line of the log; text from the network in it may be as it came. */
    note: string
    /** The line is written once the body has been sent. */
    isReportedLater: boolean
  }
}

/** The routes of the server. */
export type HttpApp = Hono<HttpEnv>

/** Who asks. */
export const addressOf = (c: Context<HttpEnv>): string => toClient(c.env.incoming.socket.remoteAddress)

/** Answers that something is not given, and why, to the client and to the log. */
export const refuse = (c: Context<HttpEnv>, status: ContentfulStatusCode, why: string): Response => {
  c.set('note', why)
  return c.text(`${why}\n`, status, { 'cache-control': 'no-store' })
}

/** What may be wrong with what somebody sends. */
export type ContentFault = 'malformed' | 'too-large' | 'too-many'

/** Answers that what was sent is not taken. */
export const refuseContent = (c: Context<HttpEnv>, fault: ContentFault): Response => {
  switch (fault) {
    case 'malformed':
      return refuse(c, 400, 'this is not what was wanted here')
    case 'too-large':
      return refuse(c, 413, 'this is longer than the server takes')
    case 'too-many':
      return refuse(c, 507, 'the server keeps so many already')
  }
}

/** Answers with nothing but that it went well. */
export const accept = (c: Context<HttpEnv>, note: string): Response => {
  c.set('note', note)
  return c.body(null, 204)
}

/** The secret of `Authorization: Bearer` (RFC 6750, section 2.1); undefined where there is none. */
export const bearerOf = (c: Context<HttpEnv>): string | undefined =>
  /^Bearer +([A-Za-z0-9_-]{1,128})$/i.exec(c.req.header('authorization') ?? '')?.[1]
