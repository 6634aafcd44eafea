import type { Context } from 'hono'
import type { ClassListOf } from '../../model/class-lists.ts'
import { toRecordedChanges } from '../../resolve/recorded-change.ts'
import type { HttpApp, HttpEnv } from '../http/context.ts'
import { hostAnswer, hostsAnswer } from './answers.ts'
import type { ApiOptions } from './api-options.ts'
import { parseHistoryPage, parseHostsQuery } from './query.ts'
import { answer, fail } from './reply.ts'

/** `/v1/hosts` and what is below it. */
export const addHostRoutes = (app: HttpApp, { lists, explain, history }: ApiOptions): void => {
  const names = sortedNames(lists)
  app.get('/v1/hosts', c => {
    const query = parseHostsQuery(new URL(c.req.url).searchParams)
    return typeof query === 'string'
      ? fail(c, 400, 'bad-request', query)
      : answer(c, hostsAnswer(names(), lists, query))
  })
  app.get('/v1/hosts/:name', c => {
    const host = lists.find(nameIn(c))
    return host === undefined ? noHost(c) : answer(c, hostAnswer(host))
  })
  app.get('/v1/hosts/:name/explain', async c => {
    const host = lists.find(nameIn(c))
    return host === undefined ? noHost(c) : answer(c, await explain(host.name, c.req.raw.signal))
  })
  app.get('/v1/hosts/:name/history', c => {
    const page = parseHistoryPage(new URL(c.req.url).searchParams)
    if (history === undefined) return noHistory(c)
    if (typeof page === 'string') return fail(c, 400, 'bad-request', page)
    const name = nameIn(c)
    const entries = history.of(name, page)
    // Who is gone has a history too.
    if (entries.length === 0 && lists.find(name) === undefined) return noHost(c)
    return answer(c, { changes: toRecordedChanges(entries) })
  })
}

/** Names of all hosts in their order, made once after each change. */
const sortedNames = (lists: ApiOptions['lists']): (() => readonly string[]) => {
  let names: readonly string[] | undefined
  lists.onChanges(() => {
    names = undefined
  })
  return () => {
    names ??= Array.from(lists.all(), ({ name }: ClassListOf) => name).sort()
    return names
  }
}

const nameIn = (c: Context<HttpEnv>): string => (c.req.param('name') ?? '').toLowerCase().replace(/\.$/, '')

const noHost = (c: Context<HttpEnv>): Response => {
  const name = nameIn(c)
  const hint = name.includes('.') ? '' : '; hosts are named in full, as in /v1/hosts'
  return fail(c, 404, 'host-not-found', `no source knows the host "${name}"${hint}`)
}

/** Answers that no history is kept. */
export const noHistory = (c: Context<HttpEnv>): Response =>
  fail(c, 404, 'no-history', 'no history is kept: serve.history is not configured')
