/** First and last address of a pool. */
export type AddressRange = readonly [string, string]

/** What the configuration says of DHCP (`serve.dhcp`), with its defaults. */
export type DhcpConfig = {
  readonly interface: string
  readonly mode: 'authoritative' | 'proxy'
  readonly range?: AddressRange | undefined
  readonly router?: string | undefined
  readonly nameServers?: readonly string[] | undefined
  readonly domain?: string | undefined
  /** Networks behind relays. */
  readonly subnets?: readonly SubnetConfig[] | undefined
  readonly leaseSeconds: number
  readonly unknownHosts: 'ignore' | 'discover'
  readonly probe: 'arping' | 'ping' | 'off'
}

/** A network behind a relay. */
export type SubnetConfig = {
  /** `198.51.100.0/24`. */
  readonly network: string
  readonly range?: AddressRange | undefined
  readonly router?: string | undefined
}
