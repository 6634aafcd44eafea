import t from 'tap'
import { openApiSite } from '../../testing/api-site.ts'

/** What a stream says, piece by piece. */
const reading = (answer: Response) => {
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  return {
    next: async () => Buffer.from((await reader.read()).value ?? []).toString(),
    leave: () => reader.cancel(),
  }
}

const idIn = (text: string): number => Number(/^id: (\d+)$/m.exec(text)?.[1])

t.test('a change is an event with a growing id; whoever comes back gets what he missed', async t => {
  const { ask, change, close } = openApiSite()
  const { next, leave } = reading(await ask('/v1/changes'))
  const first = idIn(await next())
  change()
  const event = await next()
  t.equal(idIn(event), first + 1)
  t.match(JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? ''), {
    at: '2026-11-22T12:00:00.000Z',
    cause: { source: 'dns example.test', origins: [] },
    hosts: [{ fqdn: 'web01.example.test', change: 'new', after: ['DEFAULT', 'web01', 'LAST'] }],
  })
  await leave()
  change()
  const back = reading(await ask('/v1/changes', { headers: { 'last-event-id': String(first + 1) } }))
  const missed = await back.next()
  t.equal(idIn(missed), first + 2)
  t.notMatch(missed, 'reset')
  await back.leave()
  close()
})

t.test('whoever was away for too long, or names an id that never was, is told to reset', async t => {
  const { ask, change, close } = openApiSite({ limits: { events: 2 } })
  const start = reading(await ask('/v1/changes'))
  const first = idIn(await start.next())
  await start.leave()
  for (let count = 0; count < 4; count++) change()
  for (const id of [String(first + 1), String(first + 9), 'x', '0']) {
    const { next, leave } = reading(await ask('/v1/changes', { headers: { 'last-event-id': id } }))
    t.match(await next(), `id: ${first + 4}\nevent: reset\ndata: {}\n\n`, id)
    await leave()
  }
  close()
})

t.test('a change of more hosts than an event may have is a reset', async t => {
  const { ask, change, close } = openApiSite({ limits: { hosts: 0 } })
  const { next, leave } = reading(await ask('/v1/changes'))
  await next()
  change()
  t.match(await next(), /event: reset/)
  await leave()
  close()
})

t.test('who reads too slowly is cut off, and nobody else is', async t => {
  const { ask, change, close } = openApiSite({ limits: { octets: 1500 } })
  const [slow, quick] = [reading(await ask('/v1/changes')), reading(await ask('/v1/changes'))]
  await quick.next()
  for (let count = 0; count < 20; count++) {
    change()
    await quick.next()
  }
  await t.rejects(async () => {
    for (;;) await slow.next()
  }, /reads too slowly/)
  await quick.leave()
  close()
})

t.test('so many streams and no more, and one that ends makes room', async t => {
  const { ask, close } = openApiSite({ limits: { clients: 1 } })
  const { leave } = reading(await ask('/v1/changes'))
  t.match(await (await ask('/v1/changes')).json(), { error: { code: 'too-many-streams' } })
  await leave()
  const other = await ask('/v1/changes')
  t.equal(other.status, 200)
  close()
  t.match(await other.text(), /^id: \d+\n\n$/, 'the end of the server is the end of the stream')
})
