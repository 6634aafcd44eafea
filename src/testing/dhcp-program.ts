import { openAddressProbe } from '../inspect/address-probe.ts'
import { readCommand } from '../inspect/runner.ts'
import type { BootHost } from '../server/boot-host.ts'
import { bindDhcp } from '../server/dhcp/bind.ts'
import type { DhcpConfig } from '../server/dhcp/dhcp-config.ts'
import { openDhcpServer } from '../server/dhcp/listen.ts'
import { formatTransaction } from '../server/transaction.ts'
import { bootFilesOf } from './dhcp-server.ts'

// dhcp-program.ts SETTING: a DHCP server on a real interface that knows the hosts of its setting; prints `ready` and the lines of
// its log, and ends at SIGTERM and with its stdin.

/** What the program is started with, as JSON. */
export type DhcpProgramSetting = {
  readonly config: DhcpConfig
  readonly stateDirectory: string
  /** Hosts by MAC. */
  readonly hosts?: Readonly<Record<string, BootHost>>
  /** Prints nothing but `ready`, as a benchmark wants it. */
  readonly isQuiet?: boolean
}

const {
  config,
  stateDirectory,
  hosts = {},
  isQuiet = false,
}: DhcpProgramSetting = JSON.parse(process.argv[2] ?? '')
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const reserved = new Set(Object.values(hosts).flatMap(({ addresses }) => addresses))
const signal = new AbortController().signal
const probe =
  config.probe === 'off'
    ? undefined
    : await openAddressProbe({
        kind: config.probe,
        interface: config.interface,
        run: readCommand,
        signal,
        warn: say,
      })
const server = await openDhcpServer(await bindDhcp(config), {
  config,
  stateDirectory,
  identify: async ({ mac }) => hosts[mac] ?? 'unknown',
  isReserved: async address => reserved.has(address),
  probe,
  boot: bootFilesOf,
  now: Date.now,
  report: transaction => {
    if (!isQuiet) say(formatTransaction(transaction))
  },
})
const close = (): void => {
  process.stdin.destroy()
  void server.close().then(() => say('closed'))
}
process.once('SIGTERM', close)
// Whoever started it is gone.
process.stdin.once('end', close).resume()
say('ready')
