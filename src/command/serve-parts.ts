import { join } from 'node:path'
import { messageOf } from '../apply/apply-error.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { openAddressProbe } from '../inspect/address-probe.ts'
import { parseClassName } from '../model/class-name.ts'
import { formatServerAddress } from '../model/server-address.ts'
import { installFiles } from '../server/boot/install-files.ts'
import type { BoundDhcp } from '../server/dhcp/bind.ts'
import type { DhcpConfig } from '../server/dhcp/dhcp-config.ts'
import { openDhcpServer, type RunningDhcp } from '../server/dhcp/listen.ts'
import { holdFile } from '../server/hold-file.ts'
import { openHttpServer } from '../server/http/listen.ts'
import { openTftpServer } from '../server/tftp/open-tftp-server.ts'
import { bootFilesOf, listenAddress } from './serve-boot.ts'
import { httpRootOf } from './serve-faults.ts'
import type { ServingConfig, Wiring, WiringBase } from './serve-wiring.ts'

/** What each part is opened with. */
export type PartSetting = {
  readonly base: WiringBase
  readonly stateDirectory: string
  /** The one in force, which changes: it is asked for at each request. */
  readonly wiring: () => Wiring
  readonly metrics: () => Promise<string>
}

/** A server that listens. */
export type Listening = {
  /** For people: what it serves, and where. */
  readonly line: string
  readonly close: () => Promise<void>
}

/** Serves the files of `serve.tftp`, and GRUB's script by client. */
export const openTftp = async ({ base: { report }, wiring }: PartSetting): Promise<Listening> => {
  const { serve, resolvePath } = wiring().config
  const { tftp } = present(serve, 'tftp')
  const root = resolvePath(tftp.root)
  const { address, close } = await openTftpServer({
    listen: listenAddress('tftp', tftp.listen),
    root,
    generated: (name, client) => wiring().scripts.generated(name, client),
    report,
  })
  return { line: `tftp at ${formatServerAddress(address)}: files of ${root}`, close }
}

/** Serves files, scripts, orders and reports, as `serve.http` says. */
export const openHttp = async ({
  base: { report, leases, states },
  stateDirectory,
  wiring,
  metrics,
}: PartSetting): Promise<Listening> => {
  const { serve, resolvePath } = wiring().config
  const { http } = present(serve, 'http')
  const root = resolvePath(httpRootOf(serve) ?? '')
  const { address, close } = await openHttpServer({
    listen: listenAddress('http', http.listen),
    ...{ root, report, metrics, leases, states },
    files: installFiles(stateDirectory),
    scripts: {
      answer: question => wiring().scripts.answer(question),
      generated: (name, client) => wiring().scripts.generated(name, client),
    },
    identify: machine => wiring().identifier.identify(machine),
    orderFor: (host, facts) => wiring().orderFor(host, facts),
    // Read at each request, for they change with the configuration.
    get facts() {
      return (wiring().config.resolution.facts ?? []).flatMap(fact => parseClassName(fact) ?? [])
    },
    get unknownHosts() {
      return wiring().config.serve.dhcp?.unknownHosts ?? 'ignore'
    },
  })
  return { line: `http at ${formatServerAddress(address)}: files of ${root}`, close: () => close() }
}

/** Answers on sockets that are bound. Rejects with an `EnvironmentError` where another process has the leases of the state directory. */
export const openDhcp = async (
  bound: BoundDhcp,
  { base: { deps, signal, ownAddress, report }, stateDirectory, wiring }: PartSetting,
): Promise<RunningDhcp> => {
  const letGo = await holdLeases(stateDirectory)
  const config = toDhcpConfig(wiring().config)
  const { probe: kind, interface: name } = config
  const probe = { interface: name, run: deps.readProgram, signal, warn: deps.complain }
  const server = await openDhcpServer(bound, {
    config,
    identify: machine => wiring().identifier.identify(machine),
    isReserved: address => wiring().identifier.isReserved(address),
    probe: kind === 'off' ? undefined : await openAddressProbe({ ...probe, kind }),
    boot: machine => bootFilesOf(wiring().config.serve, ownAddress, machine),
    now: deps.now,
    ...{ stateDirectory, report },
  })
  return { ...server, close: () => server.close().finally(letGo) }
}

/** Two servers would each write down their own leases in the place of the other's. */
const holdLeases = async (stateDirectory: string): Promise<() => void> => {
  const letGo = await holdFile(join(stateDirectory, 'leases.lock')).catch(error => {
    throw new EnvironmentError(`serve.stateDirectory: ${messageOf(error)}`)
  })
  if (letGo !== undefined) return letGo
  throw new EnvironmentError(
    `serve.stateDirectory: another process serves DHCP with the leases in ${stateDirectory}; end it, or give one of the two a directory of its own`,
  )
}

/** What DHCP serves, for people. */
export const dhcpLine = ({ serve }: ServingConfig, { own }: BoundDhcp): string => {
  const { dhcp } = present(serve, 'dhcp')
  const range = dhcp.range === undefined ? '' : `, ${dhcp.range.join(' to ')}`
  return `dhcp on ${dhcp.interface}: ${own}, ${dhcp.mode}${range}, unknown hosts: ${dhcp.unknownHosts}`
}

/** `serve.dhcp` of a configuration that serves it. */
export const toDhcpConfig = ({ serve }: ServingConfig): DhcpConfig => {
  const { dhcp } = present(serve, 'dhcp')
  if (dhcp.mode === 'off') throw new Error('serve.dhcp is off')
  return { ...dhcp, mode: dhcp.mode }
}

/** With a key that whoever checked the parts has found there. */
export const present = <T extends object, K extends keyof T>(
  from: T,
  key: K,
): T & { readonly [P in K]-?: NonNullable<T[K]> } => {
  if (from[key] === undefined) throw new Error(`serve.${String(key)} was to be served and is not there`)
  return from as T & { readonly [P in K]-?: NonNullable<T[K]> }
}
