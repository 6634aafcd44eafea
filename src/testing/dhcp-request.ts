import { type DhcpMessage, decodeMessage, encodeMessage } from '../wire/dhcp/message.ts'
import type { PlacedOption, RawOption } from '../wire/dhcp/option-field.ts'

/** A request of a client without an address, as a server decodes it. */
export const dhcpRequest = (
  options: readonly RawOption[],
  over: Partial<Omit<DhcpMessage, 'options'>> = {},
): DhcpMessage<PlacedOption> =>
  decodeMessage(
    encodeMessage({
      op: 'request',
      hardwareType: 1,
      hops: 1,
      transactionId: 0x01020304,
      seconds: 4,
      broadcast: false,
      clientAddress: '0.0.0.0',
      yourAddress: '0.0.0.0',
      nextServer: '0.0.0.0',
      relayAddress: '0.0.0.0',
      hardwareAddress: Buffer.from('525400000001', 'hex'),
      serverName: '',
      bootFile: '',
      ...over,
      options,
    }).octets,
  )
