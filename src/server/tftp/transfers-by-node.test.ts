import { registerHooks } from 'node:module'
import t from 'tap'
import { testTransfers } from '../../testing/tftp-transfers.ts'
import { loadCLibrary } from '../c-library.ts'
import { openTransferSocket } from './transfer-socket.ts'

registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === 'koffi') throw new Error('there is none for this machine')
    return next(specifier, context)
  },
})

t.test('without koffi a transfer has a socket of Node, which sends no segments', async t => {
  await t.rejects(loadCLibrary(), { message: 'there is none for this machine' })
  const peer = { host: '127.0.0.1', port: 9 }
  const { socket, segments } = await openTransferSocket('127.0.0.1', peer, {
    blockSize: 1468,
    windowSize: 16,
  })
  t.equal(segments, 1)
  t.notOk(socket.isSegmenting)
  socket.close()
})

testTransfers(t)
