import type { DhcpMessage } from '../../wire/dhcp/message.ts'
import type { PlacedOption, RawOption } from '../../wire/dhcp/option-field.ts'
import type { MessageType } from '../../wire/dhcp/option-message-type.ts'
import { decodeOption, encodeOption, findOption, OPTIONS } from '../../wire/dhcp/options.ts'
import type { BootChoice } from './boot-choice.ts'
import { NO_ADDRESS } from './destination.ts'

/** An answer: with an address, for a client that has one, for one that gets it elsewhere, or a refusal. */
export type Answer =
  | { readonly kind: 'offer' | 'ack'; readonly address: string }
  | { readonly kind: 'inform' | 'proxy-offer' | 'proxy-ack' }
  | { readonly kind: 'nak'; readonly reason: string }

/** What a client is told. */
export type ReplyTerms = {
  readonly serverAddress: string
  readonly leaseSeconds: number
  readonly subnetMask: string
  readonly broadcastAddress: string
  readonly routers: readonly string[]
  readonly nameServers: readonly string[]
  readonly hostName: string | undefined
  readonly domainName: string | undefined
  readonly boot: BootChoice | undefined
}

const MOST_FILE_OCTETS = 127
const TYPES = {
  offer: 'offer',
  ack: 'ack',
  inform: 'ack',
  'proxy-offer': 'offer',
  'proxy-ack': 'ack',
  nak: 'nak',
} as const satisfies Record<Answer['kind'], MessageType>

/**
 * The message of an answer (RFC 2131, table 3). The client's identifier comes back (RFC 6842), and what a relay said
 * as it came (RFC 3046). Options stand in the order in which they matter: the last may not fit. Pure.
 *
 *     answer               yiaddr    ciaddr   times   network   boot
 *     offer                address   none     yes     yes       yes
 *     ack                  address   client's yes     yes       yes
 *     inform               none      client's no      yes       yes
 *     proxy-offer, -ack    none      client's no      no        yes
 *     nak                  none      none     no      no        no
 */
export const replyMessage = (
  request: DhcpMessage<PlacedOption>,
  answer: Answer,
  terms: ReplyTerms,
): DhcpMessage => {
  const { kind } = answer
  const boot = kind === 'nak' ? undefined : terms.boot
  const inFile = boot !== undefined && isForFile(request, boot)
  return {
    ...request,
    op: 'reply',
    hops: 0,
    seconds: 0,
    // A relay has no other way to a client whose address was just refused (RFC 2131, section 4.3.2).
    broadcast: request.broadcast || kind === 'nak',
    clientAddress: kind === 'offer' || kind === 'nak' ? NO_ADDRESS : request.clientAddress,
    yourAddress: kind === 'offer' || kind === 'ack' ? answer.address : NO_ADDRESS,
    nextServer: boot?.nextServer ?? NO_ADDRESS,
    serverName: '',
    bootFile: inFile ? boot.bootFile : '',
    options: [
      encodeOption(OPTIONS.messageType, TYPES[kind]),
      encodeOption(OPTIONS.serverIdentifier, terms.serverAddress),
      ...(kind === 'offer' || kind === 'ack' ? times(terms.leaseSeconds) : []),
      ...(kind === 'nak' ? [encodeOption(OPTIONS.message, answer.reason)] : []),
      ...(kind === 'nak' || isProxy(kind) ? [] : network(terms)),
      ...(boot === undefined ? [] : booting(boot, isProxy(kind), inFile)),
      ...echoed(request),
    ],
  }
}

const isProxy = (kind: Answer['kind']): boolean => kind === 'proxy-offer' || kind === 'proxy-ack'

/** Renew after a half of the time, ask anybody after seven eighths (RFC 2131, section 4.4.5). */
const times = (leaseSeconds: number): readonly RawOption[] => [
  encodeOption(OPTIONS.leaseSeconds, leaseSeconds),
  encodeOption(OPTIONS.renewalSeconds, Math.floor(leaseSeconds / 2)),
  encodeOption(OPTIONS.rebindingSeconds, Math.floor((leaseSeconds / 8) * 7)),
]

const network = (terms: ReplyTerms): readonly RawOption[] => [
  encodeOption(OPTIONS.subnetMask, terms.subnetMask),
  encodeOption(OPTIONS.broadcastAddress, terms.broadcastAddress),
  ...(terms.routers.length === 0 ? [] : [encodeOption(OPTIONS.routers, terms.routers)]),
  ...(terms.nameServers.length === 0 ? [] : [encodeOption(OPTIONS.nameServers, terms.nameServers)]),
  ...(terms.hostName === undefined ? [] : [encodeOption(OPTIONS.hostName, terms.hostName)]),
  ...(terms.domainName === undefined ? [] : [encodeOption(OPTIONS.domainName, terms.domainName)]),
]

/** A client that asks for option 67 reads it; others, old boot ROMs among them, only look into `file`. */
const isForFile = (request: DhcpMessage<PlacedOption>, { bootFile }: BootChoice): boolean => {
  const asked = decodeOption(request, OPTIONS.parameterRequestList) ?? []
  return !asked.includes(OPTIONS.bootFileName.code) && bootFile.length <= MOST_FILE_OCTETS
}

/** PXE's discovery control: take the boot file that is named here, and look for no other server (PXE 2.1, table 2-1). */
const DISCOVERY_CONTROL = { code: 6, octets: Buffer.of(8) }

/** Firmware listens to a proxy, and to anybody who names a URL, only if its own vendor class comes back. */
const booting = ({ kind, bootFile }: BootChoice, proxy: boolean, inFile: boolean): readonly RawOption[] => [
  ...(inFile ? [] : [encodeOption(OPTIONS.bootFileName, bootFile)]),
  ...(kind === 'http' ? [encodeOption(OPTIONS.vendorClass, 'HTTPClient')] : []),
  ...(kind !== 'http' && proxy
    ? [
        encodeOption(OPTIONS.vendorClass, 'PXEClient'),
        encodeOption(OPTIONS.vendorOptions, [DISCOVERY_CONTROL]),
      ]
    : []),
]

const echoed = (request: DhcpMessage<PlacedOption>): readonly RawOption[] =>
  [OPTIONS.clientIdentifier, OPTIONS.machineId, OPTIONS.relayAgent].flatMap(option => {
    const found = findOption(request, option)
    return found === undefined ? [] : { code: found.code, octets: found.octets }
  })
