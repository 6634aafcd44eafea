import type { DhcpMessage } from '../../wire/dhcp/message.ts'
import type { PlacedOption } from '../../wire/dhcp/option-field.ts'
import { decodeOption, findOption, OPTIONS } from '../../wire/dhcp/options.ts'
import type { MachineIdentity } from '../boot-host.ts'

const ETHERNET = 1
const MAC_OCTETS = 6
const HEXADECIMAL = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'))
const NO_UUID = /^[0-]*$/

/** The MAC of a client, `52:54:00:12:34:56`; the octets of another kind of hardware are written so as well. Pure. */
export const macOf = ({ hardwareAddress }: Pick<DhcpMessage, 'hardwareAddress'>): string =>
  Array.from(hardwareAddress, octet => HEXADECIMAL[octet]).join(':')

/**
 * By what a lease belongs to a client. RFC 2131 lets the client identifier go before the hardware address, but one
 * machine has several of them on its way: firmware sends none, iPXE its MAC, the installed system a DUID. It would
 * boot with one address and live with another, and the sources know machines by MAC anyway. Pure.
 *
 *     hardware   option 61   key
 *     Ethernet   any         the MAC
 *     other      there       `id:` and its octets
 *     other      none        the type, and the hardware address
 */
export const clientKey = (message: DhcpMessage<PlacedOption>): string => {
  if (message.hardwareType === ETHERNET && message.hardwareAddress.length === MAC_OCTETS) {
    return macOf(message)
  }
  const identifier = findOption(message, OPTIONS.clientIdentifier)
  return identifier === undefined
    ? `${message.hardwareType}:${macOf(message)}`
    : `id:${identifier.octets.toString('hex')}`
}

/** What a client says of itself; throws `WireError` where its UUID is malformed. */
export const machineOf = (message: DhcpMessage<PlacedOption>): MachineIdentity => {
  const uuid = decodeOption(message, OPTIONS.machineId)
  return { mac: macOf(message), ...(uuid === undefined || NO_UUID.test(uuid) ? {} : { uuid }) }
}
