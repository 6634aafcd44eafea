import type { CountSteps } from '../../model/steps.ts'
import { address, addresses } from './option-address.ts'
import { encapsulated } from './option-encapsulated.ts'
import type { PlacedOption, RawOption } from './option-field.ts'
import type { OptionKind } from './option-kind.ts'
import { machineId } from './option-machine-id.ts'
import { messageType } from './option-message-type.ts'
import { networkInterface } from './option-network-interface.ts'
import { uint8s, uint16, uint16s, uint32 } from './option-number.ts'
import { octets } from './option-octets.ts'
import { relayAgent } from './option-relay-agent.ts'
import { routes } from './option-routes.ts'
import { text } from './option-text.ts'
import { userClass } from './option-user-class.ts'

/** An option that somebody here reads or writes. */
export type Option<T> = { readonly code: number; readonly kind: OptionKind<T> }

const option = <T>(code: number, kind: OptionKind<T>): Option<T> => ({ code, kind })

/** Every option that is more than octets to us (RFC 2132, or the RFC beside it). */
export const OPTIONS = {
  subnetMask: option(1, address),
  routers: option(3, addresses),
  nameServers: option(6, addresses),
  hostName: option(12, text),
  domainName: option(15, text),
  interfaceMtu: option(26, uint16),
  broadcastAddress: option(28, address),
  timeServers: option(42, addresses),
  vendorOptions: option(43, encapsulated),
  requestedAddress: option(50, address),
  leaseSeconds: option(51, uint32),
  messageType: option(53, messageType),
  serverIdentifier: option(54, address),
  parameterRequestList: option(55, uint8s),
  message: option(56, text),
  maxMessageOctets: option(57, uint16),
  renewalSeconds: option(58, uint32),
  rebindingSeconds: option(59, uint32),
  vendorClass: option(60, text),
  /** Echoed in every reply (RFC 6842). */
  clientIdentifier: option(61, octets),
  tftpServerName: option(66, text),
  /** A name for TFTP; a URI for a client whose `vendorClass` begins with `HTTPClient` (UEFI, section 24.7). */
  bootFileName: option(67, text),
  /** RFC 3004. */
  userClass: option(77, userClass),
  /** RFC 3046. */
  relayAgent: option(82, relayAgent),
  /** RFC 4578, with 94 and 97. */
  clientArchitectures: option(93, uint16s),
  networkInterface: option(94, networkInterface),
  machineId: option(97, machineId),
  /** RFC 3442. */
  routes: option(121, routes),
  /** RFC 5859. */
  tftpServerAddresses: option(150, addresses),
  /** iPXE's own, by its registry of DHCP options. */
  ipxeOptions: option(175, encapsulated),
} as const

/** The octets of an option in a message; undefined where it is absent. */
export const findOption = <O extends RawOption>(
  { options }: { readonly options: readonly O[] },
  { code }: Pick<Option<unknown>, 'code'>,
): O | undefined => options.find(found => found.code === code)

/** The value of an option in a decoded message; undefined where it is absent. Throws `WireError`. */
export const decodeOption = <T>(
  message: { readonly options: readonly PlacedOption[] },
  wanted: { readonly code: number; readonly kind: Pick<OptionKind<T>, 'decode'> },
  count?: CountSteps,
): T | undefined => {
  const found = findOption(message, wanted)
  if (found === undefined) return undefined
  count?.(found.octets.length)
  return wanted.kind.decode(found.octets, found.offset)
}

/** An option with this value, for a message of ours. */
export const encodeOption = <T>({ code, kind }: Option<T>, value: T): RawOption => ({
  code,
  octets: kind.encode(value),
})
