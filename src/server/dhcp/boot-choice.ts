import { type Arch, archOf } from '../../wire/dhcp/arch.ts'
import type { DhcpMessage } from '../../wire/dhcp/message.ts'
import type { PlacedOption } from '../../wire/dhcp/option-field.ts'
import { decodeOption, findOption, OPTIONS } from '../../wire/dhcp/options.ts'

/** What can be booted; a loader that is absent is not offered. */
export type BootFiles = {
  /** Where TFTP is served. */
  readonly tftpAddress: string
  /** The loader for firmware that fetches by TFTP: a name below its root. */
  readonly tftpLoader: (arch: Arch) => string | undefined
  /** The loader for firmware that fetches by HTTP: a URL. */
  readonly httpLoader: (arch: Arch) => string | undefined
  /** The URL of the script that tells iPXE what this client boots. */
  readonly script: string
}

/** What a reply says of booting. */
export type BootChoice = {
  readonly kind: 'script' | 'http' | 'tftp'
  readonly nextServer: string | undefined // siaddr
  readonly bootFile: string // file, or option 67
}

const IPXE = 'iPXE'

/**
 * What a client is told to boot; undefined where it does not boot from the network, or there is no loader for it.
 *
 *     user class iPXE, or option 175   vendor class   option 93       answer
 *     yes                              any            any             the script, never a loader
 *     no                               HTTPClient     HTTP            loader by HTTP
 *     no                               PXEClient      not HTTP        loader by TFTP
 *     no                               anything else                  nothing
 */
export const chooseBoot = (message: DhcpMessage<PlacedOption>, files: BootFiles): BootChoice | undefined => {
  if (isIpxe(message)) {
    return { kind: 'script', nextServer: undefined, bootFile: files.script }
  }
  const vendorClass = decodeOption(message, OPTIONS.vendorClass) ?? ''
  const arch = decodeOption(message, OPTIONS.clientArchitectures)?.flatMap(number => archOf(number) ?? [])[0]
  if (arch === undefined) return undefined
  if (vendorClass.startsWith('HTTPClient') && arch.http) {
    const bootFile = files.httpLoader(arch)
    return bootFile === undefined ? undefined : { kind: 'http', nextServer: undefined, bootFile }
  }
  if (vendorClass.startsWith('PXEClient') && !arch.http) {
    const bootFile = files.tftpLoader(arch)
    return bootFile === undefined ? undefined : { kind: 'tftp', nextServer: files.tftpAddress, bootFile }
  }
  return undefined
}

/** Whether a client boots from the network, by what it says. Throws `WireError`. */
export const bootsFromNetwork = (message: DhcpMessage<PlacedOption>): boolean =>
  isIpxe(message) || /^(PXE|HTTP)Client/.test(decodeOption(message, OPTIONS.vendorClass) ?? '')

const isIpxe = (message: DhcpMessage<PlacedOption>): boolean =>
  findOption(message, OPTIONS.ipxeOptions) !== undefined ||
  decodeOption(message, OPTIONS.userClass)?.classes.includes(IPXE) === true
