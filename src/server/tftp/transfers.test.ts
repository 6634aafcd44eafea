import t from 'tap'
import { testTransfers } from '../../testing/tftp-transfers.ts'
import { loadCLibrary } from '../c-library.ts'
import { openTransferSocket } from './transfer-socket.ts'

testTransfers(t)

t.test('windows of packets that Ethernet takes are sent in segments', async t => {
  await t.resolves(loadCLibrary())
  const segmentsOf = async (host: string, blockSize: number, windowSize: number): Promise<number> => {
    const { socket, segments } = await openTransferSocket(host, { host, port: 9 }, { blockSize, windowSize })
    socket.close()
    return segments
  }
  for (const host of ['127.0.0.1', '::1']) {
    t.equal(await segmentsOf(host, 1468, 16), 16, host)
    t.equal(await segmentsOf(host, 512, 65_535), 64, 'as many as the kernel takes')
    t.equal(await segmentsOf(host, 1468, 64), 44, 'as many as one datagram may be long')
    t.equal(await segmentsOf(host, 1468, 1), 1)
    t.equal(await segmentsOf(host, 1469, 16), 1, 'longer ones are cut up on their way')
    t.equal(await segmentsOf(host, 8, 16), 1, 'an ERROR would be cut')
  }
})
