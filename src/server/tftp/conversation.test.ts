import t, { type Test } from 'tap'
import { capturedPackets } from '../../testing/captured-packets.ts'
import { readByTftp } from '../../testing/tftp-client.ts'
import { openTftpPeer, readRequest, type TftpPeer } from '../../testing/tftp-peer.ts'
import { type ServedFiles, type ServedOptions, withTftpServer } from '../../testing/tftp-server.ts'
import { decodePacket } from '../../wire/tftp/packet.ts'

const FILES = { file: Buffer.alloc(2000, 'x'), 'snponly.efi': Buffer.alloc(2000, 'x'), other: 'y' }

/** Short, so that a test of repetition does not last. */
const QUICK = { firstTimeoutMs: 20, mostTimeoutMs: 40, silenceMs: 300 }
/** So long that nothing is repeated while a test looks. */
const PATIENT = { firstTimeoutMs: 100_000, silenceMs: 100_000 }

/** What a peer and a server say to each other. */
const conversation = (
  title: string,
  options: ServedOptions,
  talk: (t: Test, peer: TftpPeer, served: ServedFiles) => Promise<void>,
): void => {
  t.test(title, t =>
    withTftpServer(
      FILES,
      async served => {
        const peer = await openTftpPeer()
        try {
          await talk(t, peer, served)
        } finally {
          peer.close()
        }
      },
      options,
    ),
  )
}
const ack = (block: number) => ({ kind: 'ack', block }) as const
/** Whatever the server said before is heard, because it answers in order. */
const isStill = async (t: Test, peer: TftpPeer, { port }: ServedFiles): Promise<void> => {
  await readByTftp({ port, name: 'other' })
  t.equal(peer.waiting(), 0, 'nothing more was sent')
}

conversation('the same request twice is one transfer', { limits: PATIENT }, async (t, peer, served) => {
  peer.say(readRequest('file'), served.port)
  peer.say(readRequest('file'), served.port)
  const { kind, from } = await peer.hear()
  t.equal(kind, 'data')
  peer.say(readRequest('file'), served.port)
  await isStill(t, peer, served)
  for (const block of [1, 2, 3, 4]) peer.say(ack(block), from)
  for (const block of [2, 3, 4]) t.match(await peer.hear(), { kind: 'data', block })
  await served.line(2)
  t.match(served.log.join('\n'), /served "file" octet, 2000 octets/)
})

conversation('an ACK that comes twice sends nothing twice', { limits: PATIENT }, async (t, peer, served) => {
  peer.say(readRequest('file'), served.port)
  const { from } = await peer.hear()
  for (const block of [1, 1, 1, 0, 0xffff]) peer.say(ack(block), from)
  t.match(await peer.hear(), { kind: 'data', block: 2 })
  await isStill(t, peer, served)
})

conversation(
  'another port is told so, and the transfer goes on',
  { limits: PATIENT },
  async (t, peer, served) => {
    peer.say(readRequest('file'), served.port)
    const { from } = await peer.hear()
    const stranger = await openTftpPeer()
    stranger.say({ kind: 'error', code: 0, message: 'stop' }, from)
    stranger.say(ack(1), from)
    t.match(await stranger.hear(), { kind: 'error', code: 5, from }, 'an error is never answered')
    t.equal(stranger.waiting(), 0)
    stranger.close()
    peer.say(ack(1), from)
    t.match(await peer.hear(), { kind: 'data', block: 2 })
  },
)

conversation(
  'what is no ACK is not looked at, what is no packet is one line',
  { limits: PATIENT },
  async (t, peer, served) => {
    peer.say(readRequest('file'), served.port)
    const { from } = await peer.hear()
    peer.say(readRequest('other'), from)
    peer.say({ kind: 'data', block: 1, payload: Buffer.alloc(9) }, from)
    peer.say(Buffer.of(0, 9), from)
    t.equal(await served.line(1), 'tftp 127.0.0.1 packet malformed unknown opcode 9 at octet 0')
    peer.say(ack(1), from)
    t.match(await peer.hear(), { kind: 'data', block: 2 })
  },
)

conversation(
  'a client that says nothing is sent the same, and then given up',
  { limits: QUICK },
  async (t, peer, served) => {
    peer.say(readRequest('file', 'tsize=0'), served.port)
    t.match(await served.line(1), /RRQ failed "file" octet, 0 octets, .*, the client answers no more$/)
    t.equal(peer.waiting(), 8, 'waits of 20 ms, and of 40 up to 300')
    for (let count = 1; count <= 8; count++) t.match(await peer.hear(), { kind: 'options-ack' })
  },
)

conversation('an answer begins the waits anew', { limits: QUICK }, async (t, peer, served) => {
  peer.say(readRequest('file'), served.port)
  const { from } = await peer.hear()
  for (let count = 1; count <= 4; count++) t.match(await peer.hear(), { kind: 'data', block: 1 })
  peer.say(ack(1), from)
  await served.line(1)
  t.equal(peer.waiting(), 8)
})

conversation(
  'a machine that starts again from the same port gets the file anew',
  { limits: QUICK },
  async (t, peer, served) => {
    peer.say(readRequest('file'), served.port)
    const { from } = await peer.hear()
    peer.say(ack(1), from)
    for (let count = 1; count <= 4; count++) t.match(await peer.hear(), { kind: 'data', block: 2 })
    peer.say(readRequest('file'), served.port)
    t.match(await served.line(1), /failed .*, another request came from the same port$/)
    for (;;) {
      const packet = await peer.hear()
      if (packet.from === from) continue
      t.match(packet, { kind: 'data', block: 1 })
      break
    }
  },
)

conversation(
  'another request of the same port ends the first',
  { limits: PATIENT },
  async (t, peer, served) => {
    peer.say(readRequest('file'), served.port)
    t.match(await peer.hear(), { kind: 'data', block: 1 })
    peer.say(readRequest('other'), served.port)
    const { kind, from } = await peer.hear()
    t.equal(kind, 'data', 'no error that would be taken for its answer')
    t.match(served.log, [/RRQ failed "file" .*, another request came from the same port$/])
    peer.say(ack(1), from)
    t.match(await served.line(2), /RRQ served "other" octet, 1 octets/)
  },
)

conversation(
  'OVMF asks for the size, aborts, and asks again from the next port',
  { limits: PATIENT },
  async (t, peer, served) => {
    const said = capturedPackets('uefi-pxe-ovmf')
    const [size, whole] = said
      .filter(({ destinationPort }) => destinationPort === 69)
      .map(({ payload }) => payload)
    const abort = said.find(({ sourcePort, payload }) => sourcePort > 1023 && payload.readUInt16BE() === 5)
    if (size === undefined || whole === undefined || abort === undefined)
      throw new Error('the capture is another one')
    peer.say(size, served.port)
    const { from, ...oack } = await peer.hear()
    t.match(oack, {
      kind: 'options-ack',
      options: new Map([
        ['blksize', '1468'],
        ['tsize', '2000'],
        ['windowsize', '4'],
      ]),
    })
    peer.say(abort.payload, from)
    t.match(
      await served.line(1),
      /^tftp 127\.0\.0\.1 RRQ aborted ".*" octet, 0 octets, .*, by the client: \d "User aborted the transfer"$/,
    )
    const next = await openTftpPeer()
    next.say(whole, served.port)
    const answer = await next.hear()
    t.equal(answer.kind, 'options-ack')
    next.say(ack(0), answer.from)
    for (const block of [1, 2]) t.match(await next.hear(), { kind: 'data', block })
    next.say(ack(2), answer.from)
    t.match(await served.line(2), /RRQ served ".*" octet, 2000 octets, blksize 1468, windowsize 4$/)
    next.close()
    t.match(decodePacket(whole), { kind: 'read-request', filename: 'snponly.efi' })
  },
)

conversation(
  'beyond the limits a request is dropped with a line, until there is room',
  { limits: { ...PATIENT, transfersOfClient: 1 } },
  async (t, peer, served) => {
    peer.say(readRequest('file'), served.port)
    const { from } = await peer.hear()
    const second = await openTftpPeer()
    second.say(readRequest('other'), served.port)
    t.equal(
      await served.line(1),
      'tftp 127.0.0.1 RRQ ignored "other" "octet": dropped, 1 transfers to this client are under way',
    )
    peer.say({ kind: 'error', code: 0, message: '' }, from)
    await served.line(2)
    second.say(readRequest('other'), served.port)
    t.match(await second.hear(), { kind: 'data' })
    second.close()
  },
)

conversation(
  'beyond all transfers there may be, too',
  { limits: { ...PATIENT, transfers: 1 } },
  async (t, peer, served) => {
    peer.say(readRequest('file'), served.port)
    await peer.hear()
    const second = await openTftpPeer()
    second.say(readRequest('other'), served.port)
    t.equal(
      await served.line(1),
      'tftp 127.0.0.1 RRQ ignored "other" "octet": dropped, 1 transfers are under way',
    )
    second.close()
  },
)

conversation(
  'close finishes what is in flight, and takes no more',
  { limits: { ...PATIENT, closeMs: 100_000 } },
  async (t, peer, served) => {
    peer.say(readRequest('file'), served.port)
    const { from } = await peer.hear()
    const closing = served.close()
    peer.say(readRequest('other'), served.port)
    for (const block of [1, 2, 3, 4]) peer.say(ack(block), from)
    await closing
    t.equal(served.log.length, 1)
    t.match(served.log[0], /RRQ served "file" octet, 2000 octets/)
  },
)

conversation(
  'close waits for a silent client no longer than it may',
  { limits: { ...PATIENT, closeMs: 20 } },
  async (t, peer, served) => {
    peer.say(readRequest('file'), served.port)
    await peer.hear()
    await served.close()
    t.match(await peer.hear(), { kind: 'error', code: 0, message: 'the server stops' })
    t.match(served.log, [/RRQ failed "file" octet, 0 octets, .*, the server stops$/])
  },
)
