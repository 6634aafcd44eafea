import { Hono } from 'hono'
import { SourceError } from '../../diagnostic/source-error.ts'
import { BootStoreError } from '../boot/store.ts'
import type { Report } from '../transaction.ts'
import { addBootRoutes, type BootRoutesOptions } from './boot-routes.ts'
import { type HttpApp, type HttpEnv, refuse } from './context.ts'
import { addFileRoutes } from './file-routes.ts'
import { addInstallRoutes, type InstallRoutesOptions } from './install-routes.ts'
import { lineOf } from './request-line.ts'

/** What the server answers from. */
export type HttpAppOptions = BootRoutesOptions &
  InstallRoutesOptions & {
    /** Whose files are served. */
    readonly root: string
    readonly report: Report
    /** The text of `/metrics`, in the format of Prometheus. */
    readonly metrics: () => Promise<string>
  }

/** All routes; one line of the log for each request. */
export const httpApp = (options: HttpAppOptions): HttpApp => {
  const app: HttpApp = new Hono<HttpEnv>()
  app.use(async (c, next) => {
    c.set('note', '')
    await next()
    if (!c.get('isReportedLater')) options.report(lineOf(c, 'http'))
  })
  app.onError((error, c) => {
    if (error instanceof SourceError || error instanceof BootStoreError) {
      c.header('retry-after', '10')
      return refuse(c, 503, error.message)
    }
    const answer = refuse(c, 500, 'the server failed')
    c.set('note', error.stack ?? error.message)
    return answer
  })
  app.get('/healthz', c => c.text('ok\n'))
  app.get('/metrics', async c =>
    c.body(await options.metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  )
  addBootRoutes(app, options)
  addInstallRoutes(app, options)
  addFileRoutes(app, options)
  return app
}
