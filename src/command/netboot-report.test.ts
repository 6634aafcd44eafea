import { text } from 'node:stream/consumers'
import t from 'tap'
import { withHttpServer } from '../testing/file-server.ts'
import { openHomeReport } from './netboot-report.ts'

/** A report to a server that answers with this status; what the server heard and what was said at home. */
const withReport = async (
  status: number,
  use: (report: ReturnType<typeof openHomeReport>) => Promise<void>,
) => {
  const heard: string[] = []
  const said: string[] = []
  const refused: number[] = []
  await withHttpServer(
    async (request, response) => {
      heard.push(`${request.url} ${await text(request)}`)
      response.statusCode = status
      response.end()
    },
    async address =>
      use(
        openHomeReport(address.replace(/\/$/, ''), {
          signal: new AbortController().signal,
          complain: line => said.push(line),
          onRefused: error => refused.push(error.status),
        }),
      ),
  )
  return { heard, said, refused }
}

t.test('events go home in their order, but not what programs print, and the end after all', async t => {
  const { heard, said } = await withReport(204, async report => {
    report.listener({ event: 'task-begin', task: 'confdir' })
    report.begin('key')
    report.listener({ event: 'task-begin', task: 'partition' })
    report.listener({ event: 'output', line: 'secret' })
    report.listener({ event: 'message', message: 'no disk' })
    await report.end(false, 'exit code 1')
  })
  t.strictSame(heard, [
    '/report/event {"event":"task-begin","task":"partition"}',
    '/report/event {"event":"message","message":"no disk"}',
    '/report/end {"outcome":"failed","message":"no disk"}',
  ])
  t.strictSame(said, [])
})

t.test('an installation that is no longer the one of its host is told so', async t => {
  const { refused, said } = await withReport(409, async report => {
    report.begin('key')
    report.listener({ event: 'task-begin', task: 'partition' })
    await t.rejects(report.end(true, 'all tasks are done'), { message: /409/ })
  })
  t.strictSame(refused, [409])
  t.strictSame(said, [])
})

t.test('an event that is lost is said and does no harm', async t => {
  const { said, refused } = await withReport(500, async report => {
    report.begin('key')
    report.listener({ event: 'task-begin', task: 'partition' })
    await t.rejects(report.end(true, 'all tasks are done'), { message: /500/ })
  })
  t.match(said, [/^fai-classes: an event is not sent home: .*500/])
  t.strictSame(refused, [])
})

t.test('without an order, or a server, nothing is told', async t => {
  const { heard } = await withReport(204, async report => {
    report.listener({ event: 'task-begin', task: 'confdir' })
    await report.log(Buffer.from('x'))
    await report.end(false, 'no order')
  })
  t.strictSame(heard, [])
  const setting = { signal: new AbortController().signal, complain: () => {}, onRefused: () => {} }
  const silent = openHomeReport(undefined, setting)
  silent.begin('key')
  await t.resolves(silent.end(true, ''))
})
