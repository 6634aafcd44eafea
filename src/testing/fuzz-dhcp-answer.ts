import { type BootChoice, type BootFiles, chooseBoot } from '../server/dhcp/boot-choice.ts'
import { clientKey, machineOf } from '../server/dhcp/client.ts'
import { type ClientFacts, type Decision, decideDhcp, decideProxy } from '../server/dhcp/decide.ts'
import { type Answer, replyMessage } from '../server/dhcp/reply.ts'
import { type DhcpMessage, decodeMessage, encodeMessage, mostReplyOctets } from '../wire/dhcp/message.ts'
import type { PlacedOption } from '../wire/dhcp/option-field.ts'
import { decodeOption, OPTIONS } from '../wire/dhcp/options.ts'

const FACTS: ClientFacts = {
  serverAddress: '192.0.2.1',
  boundAddress: '192.0.2.100',
  isOnNetwork: address => address.startsWith('192.0.2.'),
}
const TERMS = {
  serverAddress: '192.0.2.1',
  leaseSeconds: 3600,
  subnetMask: '255.255.255.0',
  broadcastAddress: '192.0.2.255',
  routers: ['192.0.2.1'],
  nameServers: ['192.0.2.1'],
  hostName: 'web01',
  domainName: 'example.test',
}
const FILES: BootFiles = {
  tftpAddress: '192.0.2.1',
  tftpLoader: () => 'snponly.efi',
  httpLoader: () => 'http://192.0.2.1:8080/snponly.efi',
  script: 'http://192.0.2.1:8080/boot/52-54-00-00-00-01.ipxe',
}

/**
 * Goes the whole way of a server with a message: who asks, what is decided, the reply in octets, as the server that gives
 * addresses and as a proxy. Throws `WireError` where the server drops the message, and an `Error` where a reply is not
 * what it must be.
 */
export const answerMessage = (message: DhcpMessage<PlacedOption>): void => {
  clientKey(message)
  machineOf(message)
  const boot = chooseBoot(message, FILES)
  const ports = [67, 4011] as const
  const proxied = ports.map(port => decideProxy(message, { port, hasBoot: boot !== undefined }))
  for (const decision of [decideDhcp(message, FACTS), ...proxied]) {
    const answer = answerOf(decision)
    if (answer !== undefined) checkReply(message, answer, boot)
  }
}

const answerOf = (decision: Decision | ReturnType<typeof decideProxy>): Answer | undefined => {
  switch (decision.kind) {
    case 'offer':
    case 'ack':
    case 'inform':
    case 'nak':
    case 'proxy-offer':
    case 'proxy-ack':
      return decision
    case 'decline':
    case 'release':
    case 'withdraw':
    case 'ignore':
      return undefined
  }
}

/** A reply fits, is for who asked, and says what kind it is and who sends it, whatever else had no room. */
const checkReply = (
  message: DhcpMessage<PlacedOption>,
  answer: Answer,
  boot: BootChoice | undefined,
): void => {
  const most = mostReplyOctets(decodeOption(message, OPTIONS.maxMessageOctets))
  const { octets } = encodeMessage(replyMessage(message, answer, { ...TERMS, boot }), most)
  if (octets.length > most) throw new Error(`${octets.length} octets in a reply`)
  const reply = decodeMessage(octets)
  if (reply.transactionId !== message.transactionId) throw new Error('a reply is for another request')
  if (decodeOption(reply, OPTIONS.messageType) === undefined) throw new Error('a reply lacks its kind')
  if (decodeOption(reply, OPTIONS.serverIdentifier) !== TERMS.serverAddress) {
    throw new Error('a reply lacks who sends it')
  }
}
