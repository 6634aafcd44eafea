import { type DhcpMessage, decodeMessage, encodeMessage } from '../wire/dhcp/message.ts'
import type { PlacedOption, RawOption } from '../wire/dhcp/option-field.ts'

/** A message of a client without an address, and without options. */
export const BLANK_REQUEST: DhcpMessage = {
  op: 'request',
  hardwareType: 1,
  hops: 0,
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
  options: [],
}

/** A request of a client without an address, as a server decodes it. */
export const dhcpRequest = (
  options: readonly RawOption[],
  over: Partial<Omit<DhcpMessage, 'options'>> = {},
): DhcpMessage<PlacedOption> =>
  decodeMessage(encodeMessage({ ...BLANK_REQUEST, hops: 1, ...over, options }).octets)
