import type { Context } from 'hono'
import { parseClassName } from '../../model/class-name.ts'
import { toRecordedChanges } from '../../resolve/recorded-change.ts'
import type { HttpApp, HttpEnv } from '../http/context.ts'
import { classAnswer, classesAnswer } from './answers.ts'
import type { ApiOptions } from './api-options.ts'
import { noHistory } from './host-routes.ts'
import { parseHistoryPage } from './query.ts'
import { answer, fail } from './reply.ts'

/** `/v1/classes` and what is below it. */
export const addClassRoutes = (app: HttpApp, { lists, catalog, history }: ApiOptions): void => {
  app.get('/v1/classes', c => answer(c, classesAnswer(catalog())))
  app.get('/v1/classes/:name', c => {
    const name = parseClassName(c.req.param('name'))
    const found = name && classAnswer(name, catalog(), lists)
    return found === undefined ? noClass(c) : answer(c, found)
  })
  app.get('/v1/classes/:name/history', c => {
    const name = parseClassName(c.req.param('name'))
    const page = parseHistoryPage(new URL(c.req.url).searchParams)
    if (history === undefined) return noHistory(c)
    if (name === undefined) return noClass(c)
    if (typeof page === 'string') return fail(c, 400, 'bad-request', page)
    return answer(c, { changes: toRecordedChanges(history.ofClass(name, page)) })
  })
}

const noClass = (c: Context<HttpEnv>): Response =>
  fail(c, 404, 'class-not-found', `no host has the class "${c.req.param('name')}", and it is defined nowhere`)
