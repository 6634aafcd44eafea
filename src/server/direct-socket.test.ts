import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { openDirectSocket } from './direct-socket.ts'
import { bindUdp } from './udp-listen.ts'

/** A direct socket and one of Node that it is to talk with, which was sent a word and so knows its port. */
const openPair = async (t: Test, host: string, segmentOctets?: number) => {
  const node = await bindUdp({ host, port: 0 })
  const { port } = node.address()
  const direct = await openDirectSocket(host, { host, port }, segmentOctets)
  if (direct === undefined) throw new Error('koffi cannot be loaded')
  t.teardown(() => {
    direct.close()
    node.close()
  })
  const heard: string[] = []
  node.on('message', octets => heard.push(String(octets)))
  const word = once(node, 'message')
  direct.send(Buffer.from('hello'))
  const [, from] = await word
  return { node, direct, port: from.port as number, heard }
}

for (const host of ['127.0.0.1', '::1']) {
  t.test(`${host}: it hears its peer, and strangers, whom it can answer`, async t => {
    const { node, direct, port } = await openPair(t, host)
    const stranger = await bindUdp({ host, port: 0 })
    t.teardown(() => stranger.close())
    direct.listen((octets, answer) => {
      const said = Buffer.from(`${octets} yourself`)
      // After a turn of promises: nothing else happens here that would let them go on.
      void Promise.resolve().then(() => (answer === undefined ? direct.send(said) : undefined))
      answer?.(said)
    })
    for (const [socket, word] of [
      [node, 'peer'],
      [stranger, 'stranger'],
    ] as const) {
      const heard = once(socket, 'message')
      socket.send(word, port, host)
      const [octets, from] = await heard
      t.equal(String(octets), `${word} yourself`)
      t.strictSame([from.address, from.port], [host, port])
    }
  })

  t.test(`${host}: a long piece is many datagrams, the last one shorter`, async t => {
    const { node, direct, heard } = await openPair(t, host, 1000)
    t.ok(direct.isSegmenting)
    t.ok(direct.send(Buffer.alloc(2500, 'x')))
    while (heard.length < 4) await once(node, 'message')
    t.strictSame(
      heard.map(({ length }) => length),
      [5, 1000, 1000, 500],
    )
  })
}

t.test('what cannot be sent is said', async t => {
  const { direct } = await openPair(t, '127.0.0.1')
  t.notOk(direct.send(Buffer.alloc(70_000)), 'longer than a datagram may be')
})

t.test('an address that needs a scope, or is none, is for Node', async t => {
  const peer = { host: '::1', port: 9 }
  t.equal(await openDirectSocket('fe80::1%eth0', peer, undefined), undefined)
  t.equal(await openDirectSocket('::1', { host: 'fe80::1%eth0', port: 9 }, undefined), undefined)
  t.equal(
    await openDirectSocket('192.0.2.1', { host: '192.0.2.2', port: 9 }, undefined),
    undefined,
    'not ours',
  )
})

t.test('what is thrown while it hears ends the program, as anywhere', async t => {
  const program = `
    import { createSocket } from 'node:dgram'
    import { openDirectSocket } from '${import.meta.resolve('./direct-socket.ts')}'
    const node = createSocket('udp4')
    node.bind(0, '127.0.0.1', async () => {
      const direct = await openDirectSocket('127.0.0.1', { host: '127.0.0.1', port: node.address().port })
      direct.listen(() => { throw new Error('told') })
      node.on('message', (octets, { port }) => node.send('x', port))
      direct.send(Buffer.from('x'))
    })`
  const ran = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
  await t.rejects(ran, { code: 1, stderr: /Error: told/ })
})
