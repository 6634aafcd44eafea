import { quote } from '../../model/grammar.ts'
import type { DhcpMessage } from '../../wire/dhcp/message.ts'
import type { PlacedOption } from '../../wire/dhcp/option-field.ts'
import { findOption, OPTIONS } from '../../wire/dhcp/options.ts'
import type { BootHost, IdentifyMachine, MachineIdentity } from '../boot-host.ts'
import { type BootFiles, chooseBoot } from './boot-choice.ts'
import { NO_ADDRESS } from './destination.ts'
import type { DhcpConfig } from './dhcp-config.ts'
import type { AddressChecks } from './give-address.ts'
import type { LeaseJournal } from './lease-journal.ts'
import type { LeaseTable } from './lease-table.ts'
import { type Answer, replyMessage } from './reply.ts'
import type { Subnet, Subnets } from './subnet.ts'
import { makeTerms } from './terms.ts'

/** A message of a client. */
export type DhcpRequest = DhcpMessage<PlacedOption>

/** What a server has and asks. */
export type DhcpServer = {
  readonly config: DhcpConfig
  /** Ours on the interface: the server identifier. */
  readonly serverAddress: string
  readonly subnets: Subnets
  readonly table: LeaseTable
  readonly journal: LeaseJournal
  readonly identify: IdentifyMachine
  readonly boot: BootOf
} & AddressChecks

/** What a machine may boot. */
export type BootOf = (machine: MachineIdentity, host: BootHost | 'unknown') => BootFiles

/** What became of a message: perhaps a reply, and the end of its line in the log. */
export type Answered = {
  readonly reply?: DhcpMessage
  readonly outcome: string
  readonly text: string
}

/** A message with all that is known of its client. */
export type Asked = {
  readonly request: DhcpRequest
  readonly client: string
  readonly machine: MachineIdentity
  readonly subnet: Subnet
  /** Undefined where the sources are not asked, or cannot be read. */
  readonly host: BootHost | 'unknown' | undefined
}

/** Nothing is answered. */
export const ignored = (text: string): Answered => ({ outcome: 'ignored', text })

/** The reply, and its line: the address, the host, the boot file and what was found on the way. */
export const reply = (
  { config, serverAddress, boot: bootOf }: Pick<DhcpServer, 'config' | 'serverAddress' | 'boot'>,
  { request, machine, subnet, host }: Omit<Asked, 'client'>,
  answer: Answer,
  notes: readonly string[] = [],
): Answered => {
  const boot = host === undefined ? undefined : chooseBoot(request, bootOf(machine, host))
  const terms = makeTerms(config, { serverAddress, subnet, host: host ?? 'unknown', boot })
  const name = host === undefined || host === 'unknown' ? calledName(request) : host.short
  const words =
    answer.kind === 'nak' ? [answer.reason] : [answeredAddress(answer, request), name, boot?.bootFile]
  return {
    reply: replyMessage(request, answer, terms),
    outcome: OUTCOMES[answer.kind],
    text: [words.filter(word => word !== undefined).join(' '), ...notes].join(', '),
  }
}

const OUTCOMES = {
  offer: 'offer',
  'proxy-offer': 'offer',
  ack: 'ack',
  'proxy-ack': 'ack',
  inform: 'ack',
  nak: 'nak',
} as const satisfies Record<Answer['kind'], string>

const answeredAddress = (answer: Answer, { clientAddress }: DhcpRequest): string | undefined => {
  if ('address' in answer) return answer.address
  return clientAddress === NO_ADDRESS ? undefined : clientAddress
}

/** What a client calls itself; nobody has checked it. */
const calledName = (request: DhcpRequest): string | undefined => {
  const name = findOption(request, OPTIONS.hostName)?.octets.toString('latin1')
  return name && quote(name)
}
