import { readText } from '../http/body.ts'
import type { HttpApp } from '../http/context.ts'
import type { ApiOptions } from './api-options.ts'
import { fail } from './reply.ts'

const MOST_OCTETS = 64 * 2 ** 20
const MOST_MS = 60_000

/** `POST /v1/what-if?source=NAME`: what would change with this file. One at a time: it resolves every host twice. */
export const addWhatIfRoute = (app: HttpApp, { whatIf }: Pick<ApiOptions, 'whatIf'>): void => {
  let isBusy = false
  app.post('/v1/what-if', async c => {
    const source = c.req.query('source')
    if (source === undefined || source === '') return fail(c, 400, 'bad-request', 'source names no source')
    if (isBusy) {
      c.header('retry-after', '5')
      return fail(c, 503, 'busy', 'another what-if is under way')
    }
    isBusy = true
    const late = AbortSignal.timeout(MOST_MS)
    try {
      const body = await readText(c.req.raw, MOST_OCTETS)
      if (body.kind === 'too-large')
        return fail(c, 413, 'too-large', `the file has more than ${MOST_OCTETS} octets`)
      if (body.kind === 'malformed') return fail(c, 400, 'bad-request', 'the file is no UTF-8')
      const diff = await whatIf(source, body.text, AbortSignal.any([late, c.req.raw.signal]))
      if (diff === undefined)
        return fail(c, 404, 'source-not-found', `no zone and no directory is named "${source}"`)
      return c.json(diff)
    } catch (error) {
      if (!late.aborted) throw error
      return fail(c, 503, 'too-slow', `this took more than ${MOST_MS / 1000} s`)
    } finally {
      isBusy = false
    }
  })
}
