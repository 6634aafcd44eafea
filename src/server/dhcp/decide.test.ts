import t from 'tap'
import { dhcpRequest } from '../../testing/dhcp-request.ts'
import type { MessageType } from '../../wire/dhcp/option-message-type.ts'
import { encodeOption, OPTIONS } from '../../wire/dhcp/options.ts'
import { type Decision, decideDhcp, decideProxy } from './decide.ts'

type Row = {
  type: MessageType | undefined
  server?: string
  requested?: string
  ciaddr?: string
  /** The address of the client: 192.0.2.100 unless it has none. */
  unknown?: true
  want: Decision
}

const OURS = '192.0.2.1'
const OTHER = '192.0.2.2'
const BOUND = '192.0.2.100'
const ANOTHER = '192.0.2.101'
const ELSEWHERE = '198.51.100.7'
const ignored = (reason: string): Decision => ({ kind: 'ignore', reason })
const refused = (reason: string): Decision => ({ kind: 'nak', reason })
const acknowledged: Decision = { kind: 'ack', address: BOUND }

const cases: Record<string, Row> = {
  'DISCOVER, an address for the client: offered': {
    type: 'discover',
    want: { kind: 'offer', address: BOUND },
  },
  'DISCOVER that wishes for another address: offered its own': {
    type: 'discover',
    requested: ANOTHER,
    want: { kind: 'offer', address: BOUND },
  },
  'DISCOVER, no address: silence': {
    type: 'discover',
    unknown: true,
    want: ignored('no address for this client'),
  },
  'selecting us and our offer: acknowledged': {
    type: 'request',
    server: OURS,
    requested: BOUND,
    want: acknowledged,
  },
  'selecting us, another address: refused': {
    type: 'request',
    server: OURS,
    requested: ANOTHER,
    want: refused('192.0.2.101 was not offered'),
  },
  'selecting us, nothing was offered: refused': {
    type: 'request',
    server: OURS,
    requested: BOUND,
    unknown: true,
    want: refused('192.0.2.100 was not offered'),
  },
  'selecting us, no address: refused': {
    type: 'request',
    server: OURS,
    want: refused('no address is requested'),
  },
  'selecting another server: the offer is over': {
    type: 'request',
    server: OTHER,
    requested: ANOTHER,
    want: { kind: 'withdraw', address: BOUND },
  },
  'selecting another server, nothing was offered: silence': {
    type: 'request',
    server: OTHER,
    requested: ANOTHER,
    unknown: true,
    want: ignored('for another server'),
  },
  'init-reboot with its address: acknowledged': { type: 'request', requested: BOUND, want: acknowledged },
  'init-reboot with an address of another network: refused': {
    type: 'request',
    requested: ELSEWHERE,
    want: refused('198.51.100.7 is of another network'),
  },
  'init-reboot with an address of another network, by a client that is not known: refused': {
    type: 'request',
    requested: ELSEWHERE,
    unknown: true,
    want: refused('198.51.100.7 is of another network'),
  },
  'init-reboot with another address: refused': {
    type: 'request',
    requested: ANOTHER,
    want: refused('192.0.2.101 is not of this client'),
  },
  'init-reboot, not known: silence': {
    type: 'request',
    requested: BOUND,
    unknown: true,
    want: ignored('client is not known'),
  },
  'renewing or rebinding its address: acknowledged': { type: 'request', ciaddr: BOUND, want: acknowledged },
  'renewing another address: refused': {
    type: 'request',
    ciaddr: ANOTHER,
    want: refused('192.0.2.101 is not of this client'),
  },
  'rebinding an address of another network: refused': {
    type: 'request',
    ciaddr: ELSEWHERE,
    want: refused('198.51.100.7 is of another network'),
  },
  'rebinding, not known: silence': {
    type: 'request',
    ciaddr: BOUND,
    unknown: true,
    want: ignored('client is not known'),
  },
  'request for nothing: silence': { type: 'request', want: ignored('request for no address') },
  'DECLINE of its address: declined': {
    type: 'decline',
    server: OURS,
    requested: BOUND,
    want: { kind: 'decline', address: BOUND },
  },
  'DECLINE of another address: silence': {
    type: 'decline',
    server: OURS,
    requested: ANOTHER,
    want: ignored('decline of an address that the client has not'),
  },
  'DECLINE for another server: silence': {
    type: 'decline',
    server: OTHER,
    requested: BOUND,
    want: ignored('for another server'),
  },
  'RELEASE of its address: released': {
    type: 'release',
    server: OURS,
    ciaddr: BOUND,
    want: { kind: 'release', address: BOUND },
  },
  'RELEASE of nothing, by a client without an address: silence': {
    type: 'release',
    server: OURS,
    unknown: true,
    want: ignored('release of an address that the client has not'),
  },
  'INFORM from the network: informed': {
    type: 'inform',
    ciaddr: ANOTHER,
    unknown: true,
    want: { kind: 'inform' },
  },
  'INFORM from elsewhere: silence': {
    type: 'inform',
    ciaddr: ELSEWHERE,
    want: ignored('inform from an address of another network'),
  },
  'INFORM without an address: silence': {
    type: 'inform',
    want: ignored('inform from an address of another network'),
  },
  'BOOTP: silence': { type: undefined, want: ignored('BOOTP') },
  'an ACK of somebody: silence': { type: 'ack', want: ignored('ack is not for servers') },
}

for (const [name, { type, server, requested, ciaddr, unknown, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const options = [
      ...(type === undefined ? [] : [encodeOption(OPTIONS.messageType, type)]),
      ...(server === undefined ? [] : [encodeOption(OPTIONS.serverIdentifier, server)]),
      ...(requested === undefined ? [] : [encodeOption(OPTIONS.requestedAddress, requested)]),
    ]
    const message = dhcpRequest(options, { clientAddress: ciaddr ?? '0.0.0.0' })
    const decision = decideDhcp(message, {
      serverAddress: OURS,
      boundAddress: unknown ? undefined : BOUND,
      isOnNetwork: address => address.startsWith('192.0.2.'),
    })
    t.strictSame(decision, want)
  })
}

t.test('a reply is ignored, by a proxy too', async t => {
  const reply = dhcpRequest([encodeOption(OPTIONS.messageType, 'discover')], { op: 'reply' })
  const facts = { serverAddress: OURS, boundAddress: BOUND, isOnNetwork: () => true }
  t.strictSame(decideDhcp(reply, facts), ignored('not a request'))
  t.strictSame(decideProxy(reply, { port: 67, hasBoot: true }), ignored('not a request'))
})

t.test('a malformed option that is looked at is a WireError', async t => {
  const message = dhcpRequest([{ code: 53, octets: Buffer.of(1, 1) }])
  const facts = { serverAddress: OURS, boundAddress: BOUND, isOnNetwork: () => true }
  t.throws(() => decideDhcp(message, facts), { name: 'WireError', offset: 242 })
})

t.test('a proxy offers on port 67, acknowledges on 4011, and is silent else', async t => {
  const decided = (type: MessageType, port: 67 | 4011, hasBoot: boolean) =>
    decideProxy(dhcpRequest([encodeOption(OPTIONS.messageType, type)]), { port, hasBoot }).kind
  t.equal(decided('discover', 67, true), 'proxy-offer')
  t.equal(decided('request', 4011, true), 'proxy-ack')
  t.equal(decided('discover', 67, false), 'ignore')
  t.equal(decided('request', 67, true), 'ignore')
  t.equal(decided('discover', 4011, true), 'ignore')
  t.equal(decideProxy(dhcpRequest([]), { port: 67, hasBoot: true }).kind, 'ignore')
})
