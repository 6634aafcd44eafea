import type { DhcpMessage } from '../wire/dhcp/message.ts'
import type { PlacedOption, RawOption } from '../wire/dhcp/option-field.ts'
import type { MessageType } from '../wire/dhcp/option-message-type.ts'
import { decodeOption, encodeOption, OPTIONS } from '../wire/dhcp/options.ts'
import { dhcpRequest } from './dhcp-request.ts'

/** What a message of a client says beside its type. */
export type ClientMessage = {
  /** The last octets of its MAC, `52:54:00:00:00:01` for 1. */
  readonly client?: number
  readonly server?: string
  readonly requested?: string
  readonly ciaddr?: string
  readonly giaddr?: string
  readonly broadcast?: boolean
  readonly options?: readonly RawOption[]
}

/** A message of a client. */
export const clientMessage = (
  type: MessageType,
  { client = 1, server, requested, ciaddr, giaddr, broadcast, options = [] }: ClientMessage = {},
): DhcpMessage<PlacedOption> =>
  dhcpRequest(
    [
      encodeOption(OPTIONS.messageType, type),
      ...(server === undefined ? [] : [encodeOption(OPTIONS.serverIdentifier, server)]),
      ...(requested === undefined ? [] : [encodeOption(OPTIONS.requestedAddress, requested)]),
      ...options,
    ],
    {
      hardwareAddress: Buffer.from(`52540000${client.toString(16).padStart(4, '0')}`, 'hex'),
      transactionId: client,
      ...(ciaddr === undefined ? {} : { clientAddress: ciaddr }),
      ...(giaddr === undefined ? {} : { relayAddress: giaddr }),
      ...(broadcast === undefined ? {} : { broadcast }),
    },
  )

/** An answer in few words: `offer 192.0.2.100`, `silence`. */
export const toldBy = (answer: { readonly message: DhcpMessage<PlacedOption> } | undefined): string => {
  if (answer === undefined) return 'silence'
  const type = decodeOption(answer.message, OPTIONS.messageType)
  return `${type} ${answer.message.yourAddress}`
}
