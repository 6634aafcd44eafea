import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BootHost } from '../server/boot-host.ts'
import type { BoundDhcp, DhcpSocket } from '../server/dhcp/bind.ts'
import type { BootFiles } from '../server/dhcp/boot-choice.ts'
import type { Destination } from '../server/dhcp/destination.ts'
import type { DhcpConfig } from '../server/dhcp/dhcp-config.ts'
import { type DhcpOptions, openDhcpServer, type RunningDhcp } from '../server/dhcp/listen.ts'
import { formatTransaction } from '../server/transaction.ts'
import { type DhcpMessage, decodeMessage, encodeMessage } from '../wire/dhcp/message.ts'
import type { PlacedOption } from '../wire/dhcp/option-field.ts'
import { dhcpRequest } from './dhcp-request.ts'

/** What a fake socket was told to send. */
export type Sent = {
  readonly message: DhcpMessage<PlacedOption>
  readonly to: Destination
  readonly port: 67 | 4011
}

/** A server without a network. */
export type FakeDhcp = RunningDhcp & {
  /** Has the server hear a message, and gives the answer once its line was logged; undefined where there is none. */
  readonly ask: (message: DhcpMessage | Buffer, port?: 67 | 4011) => Promise<Sent | undefined>
  /** Lines of the log. */
  readonly lines: readonly string[]
  /** What the clock says, in milliseconds. */
  clock: number
  readonly stateDirectory: string
}

/** A configuration that `over` changes. */
export const dhcpConfig = (over: Partial<DhcpConfig> = {}): DhcpConfig => ({
  interface: 'eth0',
  mode: 'authoritative',
  range: ['192.0.2.100', '192.0.2.102'],
  router: '192.0.2.254',
  leaseSeconds: 3600,
  unknownHosts: 'discover',
  probe: 'off',
  ...over,
})

/** A host with addresses of its own. */
export const dhcpHost = (short: string, ...addresses: readonly string[]): BootHost => ({
  short,
  fqdn: `${short}.example.test`,
  addresses,
  classes: [],
})
