import { Hono, type MiddlewareHandler } from 'hono'
import { SourceError } from '../../diagnostic/source-error.ts'
import { bearerOf, type HttpApp, type HttpEnv } from '../http/context.ts'
import { lineOf } from '../http/request-line.ts'
import { type Admission, refusalOf } from './admission.ts'
import { healthAnswer, isReady } from './answers.ts'
import type { ApiOptions } from './api-options.ts'
import type { ChangeStreams } from './change-stream.ts'
import { addClassRoutes } from './class-routes.ts'
import { addHostRoutes } from './host-routes.ts'
import { API_DOCUMENT, queryNamesOf } from './openapi.ts'
import { answer, fail } from './reply.ts'
import { addWhatIfRoute } from './what-if-route.ts'

/** What the routes are made with. */
export type ApiAppOptions = ApiOptions & {
  /** The one in force: tokens may be read anew. */
  readonly admission: () => Admission
  readonly streams: ChangeStreams
}

const WHAT_IF = '/v1/what-if'

/** All routes; one line of the log for each request. */
export const apiApp = (options: ApiAppOptions): HttpApp => {
  const app: HttpApp = new Hono<HttpEnv>()
  app.use(async (c, next) => {
    c.set('note', '')
    await next()
    options.report(lineOf(c, 'api'))
  })
  app.onError((error, c) => {
    if (error instanceof SourceError) return fail(c, 503, error.code, error.message)
    const answer = fail(c, 500, 'failed', 'the server failed')
    c.set('note', error.stack ?? error.message)
    return answer
  })
  app.notFound(c => fail(c, 404, 'not-found', 'there is nothing here; /openapi.json says what there is'))
  app.use(admit(options))
  for (const [path, item] of Object.entries(API_DOCUMENT.paths))
    if (path.startsWith('/v1/')) app.use(path.replace(/\{(\w+)\}/, ':$1'), takeOnly(queryNamesOf(item)))
  addStateRoutes(app, options)
  addHostRoutes(app, options)
  addClassRoutes(app, options)
  addWhatIfRoute(app, options)
  return app
}

/** Turns away whoever may not come, what is not read, and everybody as long as there is no whole state. */
const admit =
  ({ lists, admission }: ApiAppOptions): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const refusal = refusalOf(admission(), { host: c.req.header('host'), bearer: bearerOf(c) })
    if (refusal === 'host-refused')
      return fail(c, 421, refusal, 'this server is reached by a name of this machine alone')
    if (refusal === 'token-wrong') {
      c.header('www-authenticate', 'Bearer')
      return fail(c, 401, refusal, 'this takes a token of serve.api.tokensFile')
    }
    const allowed = c.req.path === WHAT_IF ? ['POST'] : ['GET', 'HEAD']
    if (!allowed.includes(c.req.method)) {
      c.header('allow', allowed.join(', '))
      return fail(c, 405, 'method-not-allowed', `this takes ${allowed.join(' and ')} alone`)
    }
    if (c.req.path.startsWith('/v1/') && !isReady(lists.standings()))
      return fail(c, 503, 'not-ready', 'not all sources were read yet')
    return next()
  }

/** Turns away a parameter that there is not: `clas=WEB` left aside would be answered with every host. */
const takeOnly =
  (known: readonly string[]): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const unknown = Object.keys(c.req.query()).find(name => !known.includes(name))
    if (unknown === undefined) return next()
    const taken = known.length === 0 ? 'none' : `${known.join(', ')} alone`
    return fail(c, 400, 'bad-request', `there is no parameter "${unknown}": this takes ${taken}`)
  }

const addStateRoutes = (app: HttpApp, { lists, history, metrics, streams, now }: ApiAppOptions): void => {
  app.get('/healthz', c => {
    const standings = lists.standings()
    c.header('cache-control', 'no-store')
    const health = healthAnswer(standings, lists.faultyCount(), history?.standing(), now())
    return c.json(health, isReady(standings) ? 200 : 503)
  })
  app.get('/metrics', async c =>
    c.body(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  )
  app.get('/openapi.json', c => answer(c, API_DOCUMENT))
  app.get('/v1/changes', c => {
    const headers = {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    }
    if (c.req.method === 'HEAD') return c.body(null, 200, headers)
    const stream = streams.open(c.req.header('last-event-id'))
    return stream === undefined
      ? fail(c, 503, 'too-many-streams', 'the server has as many streams as it takes')
      : c.body(stream, 200, headers)
  })
}
