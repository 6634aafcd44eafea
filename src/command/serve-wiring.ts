import type { Config } from '../config/read-config.ts'
import type { ServeConfig } from '../config/serve-schema.ts'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { type BootScripts, bootScripts, type LeaseHolders } from '../server/boot/boot-scripts.ts'
import type { BootStates } from '../server/boot/boot-states.ts'
import type { OrderFor } from '../server/http/install-routes.ts'
import type { Report } from '../server/transaction.ts'
import type { CommandDeps } from './deps.ts'
import { type Identifier, openIdentifier } from './identify-machine.ts'
import type { OpenSources } from './open-sources.ts'
import { installOrders } from './order-install.ts'
import { serverUrlOf } from './serve-boot.ts'

/** A configuration that says what is served. */
export type ServingConfig = Config & { readonly serve: ServeConfig }

/** All that follows from a configuration and is replaced with it. */
export type Wiring = {
  readonly config: ServingConfig
  readonly identifier: Identifier
  readonly orderFor: OrderFor
  readonly scripts: BootScripts
}

/** What stays while configurations come and go. */
export type WiringBase = {
  readonly deps: Pick<CommandDeps, 'now' | 'readProgram' | 'complain'>
  /** Aborts lookups that are under way. */
  readonly signal: AbortSignal
  readonly warn: (diagnostic: Diagnostic) => void
  readonly states: BootStates
  readonly report: Report
  readonly leases: LeaseHolders | undefined
  /** Our address on the interface of DHCP. */
  readonly ownAddress: string | undefined
  /** Sources that are followed, and all of them read; undefined where machines are looked up at the servers. */
  readonly following: () => OpenSources | undefined
}

/** Connects sources, boot states and scripts. Nothing is asked yet. */
export const makeWiring = (config: ServingConfig, base: WiringBase): Wiring => {
  const { deps, signal, warn, states, report, leases, ownAddress, following } = base
  const { boot, http, dhcp } = config.serve
  const identifier = openIdentifier(config, { now: deps.now, signal, warn, following })
  return {
    config,
    identifier,
    orderFor: installOrders(config, { now: deps.now, signal }),
    scripts: bootScripts({
      states,
      identify: identifier.identify,
      leases,
      boot,
      serverUrl: serverUrlOf(http, ownAddress) ?? '',
      unknownHosts: dhcp?.unknownHosts ?? 'ignore',
      report,
    }),
  }
}
