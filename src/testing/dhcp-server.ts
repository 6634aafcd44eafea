import { EventEmitter } from 'node:events'
import type { BootHost } from '../server/boot-host.ts'
import type { BoundDhcp, DhcpSocket } from '../server/dhcp/bind.ts'
import type { BootFiles } from '../server/dhcp/boot-choice.ts'
import type { Destination } from '../server/dhcp/destination.ts'
import type { DhcpConfig } from '../server/dhcp/dhcp-config.ts'
import { type DhcpOptions, openDhcpServer, type RunningDhcp } from '../server/dhcp/listen.ts'
import { formatTransaction, type Transaction } from '../server/transaction.ts'
import { type DhcpMessage, decodeMessage, encodeMessage } from '../wire/dhcp/message.ts'
import type { PlacedOption } from '../wire/dhcp/option-field.ts'

/** What a fake socket was told to send. */
export type Sent = {
  readonly message: DhcpMessage<PlacedOption>
  readonly to: Destination
  readonly port: 67 | 4011
}

/** Milliseconds since 1970, by a test. */
export type Clock = { now: number }

/** A server without a network. */
export type FakeDhcp = RunningDhcp & {
  /** Has the server hear a message, and gives the answer once its line is logged; undefined where there is none. */
  readonly ask: (message: DhcpMessage, port?: 67 | 4011) => Promise<Sent | undefined>
  /** Has the server hear octets. */
  readonly hear: (octets: Buffer, port?: 67 | 4011) => void
  /** Lines of the log. */
  readonly lines: readonly string[]
  readonly clock: Clock
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

const CLIENT = { address: '192.0.2.77', port: 68 }

/** Files that `chooseBoot` takes: a loader for BIOS and UEFI x64, and a script by MAC. */
export const bootFilesOf = ({ mac }: { readonly mac: string }): BootFiles => ({
  tftpAddress: '192.0.2.1',
  tftpLoader: ({ firmware }) => (firmware === 'bios' ? 'undionly.kpxe' : 'snponly.efi'),
  httpLoader: ({ cpu }) => `http://192.0.2.1:8080/${cpu}.efi`,
  script: `http://192.0.2.1:8080/boot/${mac.replaceAll(':', '-')}.ipxe`,
})

/** Opens a server on sockets that are none, at 192.0.2.1/24. It knows nobody, reserves nothing and probes nothing, unless told. */
export const fakeDhcp = async (
  stateDirectory: string,
  over: Partial<Omit<DhcpOptions, 'stateDirectory' | 'report' | 'now'>> = {},
  clock: Clock = { now: 1_800_000_000_000 },
): Promise<FakeDhcp> => {
  const reported = new EventEmitter<{ line: [Transaction] }>()
  reported.setMaxListeners(0)
  const lines: string[] = []
  const sent: Sent[] = []
  const heard = new Map<67 | 4011, EventEmitter>([
    [67, new EventEmitter()],
    [4011, new EventEmitter()],
  ])
  const sockets = new Map([...heard].map(([port, events]) => [port, fakeSocket(events, port, sent)]))
  const bound: BoundDhcp = { own: '192.0.2.1/24', sockets }
  const server = await openDhcpServer(bound, {
    config: dhcpConfig(),
    identify: async () => 'unknown',
    isReserved: async () => false,
    probe: undefined,
    boot: bootFilesOf,
    ...over,
    stateDirectory,
    now: () => clock.now,
    report: transaction => {
      lines.push(formatTransaction(transaction))
      reported.emit('line', transaction)
    },
  })
  const hear = (octets: Buffer, port: 67 | 4011 = 67): void => {
    heard.get(port)?.emit('message', octets, CLIENT)
  }
  const ask = async (message: DhcpMessage, port: 67 | 4011 = 67): Promise<Sent | undefined> => {
    const { octets } = encodeMessage(message)
    const { hardwareAddress } = message
    const from = sent.length
    const { promise, resolve } = Promise.withResolvers<void>()
    const mac = hardwareAddress.toString('hex')
    const onLine = ({ client }: Transaction): void => {
      if (client.replaceAll(':', '') === mac) resolve()
    }
    reported.on('line', onLine)
    hear(octets, port)
    await promise
    reported.off('line', onLine)
    return sent.slice(from).find(each => each.message.hardwareAddress.equals(hardwareAddress))
  }
  return { ...server, ask, hear, lines, clock }
}

const fakeSocket = (events: EventEmitter, port: 67 | 4011, sent: Sent[]): DhcpSocket =>
  ({
    on: (name: string, listener: (...args: unknown[]) => void) => events.on(name, listener),
    send: (
      octets: Buffer,
      toPort: number,
      address: string,
      done: (error: Error | null, sent: number) => void,
    ) => {
      sent.push({ message: decodeMessage(octets), to: { address, port: toPort }, port })
      done(null, octets.length)
    },
    close: (done?: () => void) => done?.(),
  }) as unknown as DhcpSocket
