import type { Context } from 'hono'
import { printable, type Transaction } from '../transaction.ts'
import { addressOf, type HttpEnv } from './context.ts'

/** Methods that are counted by their names. */
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT']

/** A request and its answer as one line of the log. */
export const lineOf = (c: Context<HttpEnv>, protocol: 'http' | 'api'): Transaction => {
  const { method } = c.req
  const words = [c.req.path, String(c.res.status), c.get('note')].filter(word => word !== '')
  return {
    protocol,
    client: addressOf(c),
    request: METHODS.includes(method) ? method : 'OTHER',
    outcome: outcomeOf(c.res.status),
    text: printable(words.join(' ')),
  }
}

const outcomeOf = (status: number): string => {
  if (status < 400) return 'served'
  if (status >= 500 && status !== 507) return 'failed'
  return status === 400 || status === 416 ? 'malformed' : status === 404 ? 'missing' : 'refused'
}
