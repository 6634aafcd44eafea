import type { Context } from 'hono'
import { openServedFile, toServedPath } from '../served-file.ts'
import { printable, type Report } from '../transaction.ts'
import { addressOf, type HttpApp, type HttpEnv, refuse } from './context.ts'
import { answerFile } from './file-answer.ts'
import { fileBody } from './file-body.ts'

/** What these routes need. */
export type FileRoutesOptions = { readonly root: string; readonly report: Report }

/** Files below the root by GET and HEAD, for every path that no other route has. Directories are not listed. */
export const addFileRoutes = (app: HttpApp, options: FileRoutesOptions): void => {
  app.get('*', c => giveFile(c, options))
  app.all('*', c => {
    c.header('allow', 'GET, HEAD')
    return refuse(c, 405, 'files are only read')
  })
}

const giveFile = async (c: Context<HttpEnv>, { root, report }: FileRoutesOptions): Promise<Response> => {
  const path = servedPath(c.req.path)
  if (path === undefined) return refuse(c, 404, 'the path leads nowhere')
  const file = await openServedFile(root, path)
  // One that may not be read is not there, to whoever asks; the log knows better.
  if (file.kind !== 'file') return refuse(c, 404, file.reason)

  const isHead = c.req.method === 'HEAD'
  const header = (name: string): string | undefined => c.req.header(name)
  const { status, headers, range } = answerFile({ ...file, isHead, header })
  if (range === undefined || range.last < range.first) {
    await file.handle.close()
    return new Response(null, { status, headers })
  }
  c.set('isReportedLater', true)
  const [client, request, name] = [addressOf(c), c.req.method, printable(c.req.path)]
  const body = fileBody(file.handle, range, ({ sentBytes, isCut }) => {
    if (isCut) c.env.outgoing.destroy()
    const text = `${name} ${status} ${sentBytes} octets`
    report({ protocol: 'http', client, request, outcome: isCut ? 'cut' : 'served', text, sentBytes })
  })
  return new Response(body, { status, headers })
}

/** The path below the root that a URL means; undefined where it means none. Pure. */
const servedPath = (urlPath: string): string | undefined => {
  try {
    const path = decodeURIComponent(urlPath)
    return path.includes('\0') ? undefined : toServedPath(path)
  } catch {
    return undefined
  }
}
