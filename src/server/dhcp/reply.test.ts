import t from 'tap'
import { dhcpRequest } from '../../testing/dhcp-request.ts'
import { decodeMessage, encodeMessage } from '../../wire/dhcp/message.ts'
import type { RawOption } from '../../wire/dhcp/option-field.ts'
import { decodeOption, encodeOption, OPTIONS } from '../../wire/dhcp/options.ts'
import type { BootChoice } from './boot-choice.ts'
import { destinationOf } from './destination.ts'
import { type Answer, type ReplyTerms, replyMessage } from './reply.ts'

const tftp: BootChoice = { kind: 'tftp', nextServer: '192.0.2.1', bootFile: 'ipxe.efi' }
const terms: ReplyTerms = {
  serverAddress: '192.0.2.1',
  leaseSeconds: 3600,
  subnetMask: '255.255.255.0',
  broadcastAddress: '192.0.2.255',
  routers: ['192.0.2.254'],
  nameServers: ['192.0.2.53'],
  hostName: 'web01',
  domainName: 'example.test',
  boot: tftp,
}
const asksFor = (...codes: number[]): RawOption => encodeOption(OPTIONS.parameterRequestList, codes)
const relayed = { code: 82, octets: Buffer.from('0104657468300205ff00', 'hex') }
const identified = { code: 61, octets: Buffer.from('01525400000001', 'hex') }

/** What went through the codec, as the client sees it. */
const replied = (answer: Answer, options: readonly RawOption[] = [], over: Partial<ReplyTerms> = {}) => {
  const request = dhcpRequest(options, { clientAddress: '192.0.2.9', relayAddress: '192.0.2.254' })
  return decodeMessage(encodeMessage(replyMessage(request, answer, { ...terms, ...over })).octets)
}

const NETWORK = [1, 28, 3, 6, 12, 15]
const TIMES = [51, 58, 59]
const rows: Record<string, { answer: Answer; yiaddr: string; ciaddr: string; codes: readonly number[] }> = {
  offer: {
    answer: { kind: 'offer', address: '192.0.2.100' },
    yiaddr: '192.0.2.100',
    ciaddr: '0.0.0.0',
    codes: [53, 54, ...TIMES, ...NETWORK, 67, 61, 82],
  },
  ack: {
    answer: { kind: 'ack', address: '192.0.2.100' },
    yiaddr: '192.0.2.100',
    ciaddr: '192.0.2.9',
    codes: [53, 54, ...TIMES, ...NETWORK, 67, 61, 82],
  },
  inform: {
    answer: { kind: 'inform' },
    yiaddr: '0.0.0.0',
    ciaddr: '192.0.2.9',
    codes: [53, 54, ...NETWORK, 67, 61, 82],
  },
  'proxy-offer': {
    answer: { kind: 'proxy-offer' },
    yiaddr: '0.0.0.0',
    ciaddr: '192.0.2.9',
    codes: [53, 54, 67, 60, 43, 61, 82],
  },
  'proxy-ack': {
    answer: { kind: 'proxy-ack' },
    yiaddr: '0.0.0.0',
    ciaddr: '192.0.2.9',
    codes: [53, 54, 67, 60, 43, 61, 82],
  },
  nak: {
    answer: { kind: 'nak', reason: 'not yours' },
    yiaddr: '0.0.0.0',
    ciaddr: '0.0.0.0',
    codes: [53, 54, 56, 61, 82],
  },
}

for (const [name, { answer, yiaddr, ciaddr, codes }] of Object.entries(rows)) {
  t.test(`${name}: its addresses and options, and what is echoed`, async t => {
    const reply = replied(answer, [asksFor(67), identified, relayed])
    t.strictSame([reply.yourAddress, reply.clientAddress], [yiaddr, ciaddr])
    t.strictSame(
      reply.options.map(({ code }) => code),
      codes,
    )
    t.strictSame(reply.options.at(-1)?.octets, relayed.octets)
    t.equal(reply.broadcast, name === 'nak')
    t.match(reply, {
      op: 'reply',
      hops: 0,
      seconds: 0,
      transactionId: 0x01020304,
      relayAddress: '192.0.2.254',
    })
  })
}

const offer: Answer = { kind: 'offer', address: '192.0.2.100' }

t.test('the boot file stands in option 67 for who asks for it or where it is long, else in file', async t => {
  const where = (options: readonly RawOption[], boot: BootChoice) => {
    const reply = replied(offer, options, { boot })
    return [reply.bootFile, decodeOption(reply, OPTIONS.bootFileName), reply.nextServer]
  }
  const long = `http://192.0.2.1/${'a'.repeat(120)}`
  t.strictSame(where([], tftp), ['ipxe.efi', undefined, '192.0.2.1'])
  t.strictSame(where([asksFor(1, 67)], tftp), ['', 'ipxe.efi', '192.0.2.1'])
  t.strictSame(where([], { kind: 'script', nextServer: undefined, bootFile: long }), ['', long, '0.0.0.0'])
})

t.test('the vendor class comes back for HTTP, and from a proxy', async t => {
  const vendorClass = (answer: Answer, kind: BootChoice['kind']) =>
    decodeOption(
      replied(answer, [], { boot: { kind, nextServer: undefined, bootFile: 'a' } }),
      OPTIONS.vendorClass,
    )
  t.equal(vendorClass(offer, 'http'), 'HTTPClient')
  t.equal(vendorClass(offer, 'tftp'), undefined)
  t.equal(vendorClass({ kind: 'proxy-offer' }, 'http'), 'HTTPClient')
  t.equal(vendorClass({ kind: 'proxy-offer' }, 'tftp'), 'PXEClient')
})

t.test('a client is told only what there is', async t => {
  const none = { routers: [], nameServers: [], hostName: undefined, domainName: undefined, boot: undefined }
  const reply = replied(offer, [], none)
  t.strictSame(
    reply.options.map(({ code }) => code),
    [53, 54, 51, 58, 59, 1, 28],
  )
  t.strictSame(
    [OPTIONS.leaseSeconds, OPTIONS.renewalSeconds, OPTIONS.rebindingSeconds].map(option =>
      decodeOption(reply, option),
    ),
    [3600, 1800, 3150],
  )
})

const NONE = '0.0.0.0'
const CLIENT = '192.0.2.9'
const RELAY = '192.0.2.254'
const toRelay = { address: RELAY, port: 67 }
const toClient = { address: CLIENT, port: 68 }
const toAll = { address: '255.255.255.255', port: 68 }
const routes = {
  'by a relay: to the relay': { giaddr: RELAY, ciaddr: CLIENT, answer: 'ack', want: toRelay },
  'by a relay, refused: to the relay': { giaddr: RELAY, ciaddr: NONE, answer: 'nak', want: toRelay },
  'refused: to everybody': { giaddr: NONE, ciaddr: CLIENT, answer: 'nak', want: toAll },
  'with an address: to the client': { giaddr: NONE, ciaddr: CLIENT, answer: 'ack', want: toClient },
  'without an address: to everybody': { giaddr: NONE, ciaddr: NONE, answer: 'offer', want: toAll },
} as const

for (const [name, { giaddr, ciaddr, answer, want }] of Object.entries(routes)) {
  t.test(name, async t => {
    t.strictSame(destinationOf({ relayAddress: giaddr, clientAddress: ciaddr }, answer), want)
  })
}
