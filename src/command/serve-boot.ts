import { SERVE_PORTS } from '../config/live-schema.ts'
import type { ServeConfig } from '../config/serve-schema.ts'
import { formatServerAddress, parseServerAddress, type ServerAddress } from '../model/server-address.ts'
import type { MachineIdentity } from '../server/boot-host.ts'
import type { BootFiles } from '../server/dhcp/boot-choice.ts'
import type { Arch } from '../wire/dhcp/arch.ts'

const EVERY_ADDRESS = ['0.0.0.0', '::']

/** Where a part of `serve` listens. */
export const listenAddress = (part: keyof typeof SERVE_PORTS, listen: string): ServerAddress => {
  const address = parseServerAddress(listen, SERVE_PORTS[part])
  if (address === undefined) throw new Error(`the address "${listen}" passed the schema`)
  return address
}

/**
 * The URL that machines reach HTTP by, without a slash at its end; `own` is our address on the interface of DHCP, which counts
 * where HTTP listens at every address. Undefined where there is none to give. Pure.
 */
export const serverUrlOf = (http: ServeConfig['http'], own: string | undefined): string | undefined => {
  const listen = http && reachable(listenAddress('http', http.listen), own)
  return listen && `http://${formatServerAddress(listen)}`
}

/** What a machine is told to boot, by this configuration; `own` as above. Pure. */
export const bootFilesOf = (
  { http, tftp, boot: { loaders } }: Pick<ServeConfig, 'http' | 'tftp' | 'boot'>,
  own: string | undefined,
  { mac, uuid }: MachineIdentity,
): BootFiles => {
  const serverUrl = serverUrlOf(http, own)
  const tftpAddress = tftp && reachable(listenAddress('tftp', tftp.listen), own)?.host
  const query = uuid === undefined ? '' : `?uuid=${uuid}`
  return {
    tftpAddress: tftpAddress ?? '',
    tftpLoader: arch => (tftpAddress === undefined ? undefined : loaderFor(loaders, arch)),
    httpLoader: arch => {
      const loader = loaderFor(loaders, arch)
      return loader === undefined || serverUrl === undefined ? undefined : `${serverUrl}/${loader}`
    },
    script: `${serverUrl}/boot/${mac.replaceAll(':', '-')}.ipxe${query}`,
  }
}

const reachable = (listen: ServerAddress, own: string | undefined): ServerAddress | undefined => {
  if (!EVERY_ADDRESS.includes(listen.host)) return listen
  return own === undefined ? undefined : { ...listen, host: own }
}

const loaderFor = (loaders: ServeConfig['boot']['loaders'], { firmware, cpu }: Arch): string | undefined => {
  if (firmware === 'bios') return loaders.bios
  if (cpu === 'x64') return loaders.x64
  return cpu === 'arm64' ? loaders.arm64 : undefined
}
