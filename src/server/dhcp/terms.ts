import type { BootHost } from '../boot-host.ts'
import type { BootChoice } from './boot-choice.ts'
import type { DhcpConfig } from './dhcp-config.ts'
import type { ReplyTerms } from './reply.ts'
import type { Subnet } from './subnet.ts'

/** What a client of a network is told. `host`: `unknown` also for one whose name cannot be read now. Pure. */
export const makeTerms = (
  { leaseSeconds, nameServers = [], domain }: Pick<DhcpConfig, 'leaseSeconds' | 'nameServers' | 'domain'>,
  client: {
    readonly serverAddress: string
    readonly subnet: Subnet
    readonly host: BootHost | 'unknown'
    readonly boot: BootChoice | undefined
  },
): ReplyTerms => {
  const { serverAddress, subnet, host, boot } = client
  return {
    serverAddress,
    leaseSeconds,
    subnetMask: subnet.mask,
    broadcastAddress: subnet.broadcast,
    routers: subnet.router === undefined ? [] : [subnet.router],
    nameServers,
    hostName: host === 'unknown' ? undefined : host.short,
    domainName: domain ?? (host === 'unknown' ? undefined : domainOf(host)),
    boot,
  }
}

const domainOf = ({ fqdn }: BootHost): string | undefined => fqdn.split('.').slice(1).join('.') || undefined
