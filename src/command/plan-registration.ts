import type { DnsConnection } from '../apply/dns-transaction.ts'
import { readRegistered } from '../apply/dns-update-read.ts'
import type { Config } from '../config/read-config.ts'
import { type Diagnostic, errorAt, type Outcome, warningAt } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import { canonicalIpAddress } from '../model/ip-address.ts'
import { formatServerAddress } from '../model/server-address.ts'
import { planRegistration, planRemoval, REGISTER, type Registered } from '../plan/register/registration.ts'
import type { ZoneUpdate } from '../plan/register/update.ts'
import type { Step } from '../plan/step.ts'
import { systemStep } from '../plan/system/system-step.ts'
import type { CommandDeps } from './deps.ts'
import { locateForward, locatePointers, type PlacedPointer } from './locate-zones.ts'
import type { LookupAnswer } from './look-up.ts'
import { openRegisterServers, type RegisteringConfig } from './register-servers.ts'

/** A host that is to be registered, or whose registration goes. */
export type RegistrationRequest = {
  readonly fqdn: string | undefined
  readonly addresses: readonly string[]
  readonly remove: boolean
  /** The directory of its public SSH host keys, where the caller knows it. */
  readonly sshKeys?: string | undefined
}

/**
 * What is to be registered for a host that was looked up: the addresses given, else those of its entry, else
 * the machine's own, which only an installation onto its own disks gives (contract, section 8).
 */
export const registrationOf = (
  { host, addresses }: Pick<LookupAnswer, 'host' | 'addresses'>,
  given: readonly string[],
  own: readonly string[] = [],
): RegistrationRequest => ({
  fqdn: host?.fqdn,
  addresses: [given, addresses, own].find(found => found.length > 0) ?? [],
  remove: false,
})

/** What the zones of a registration have before anything is changed, and where they are changed. */
export type ZoneState = {
  /** Undefined where it is not known. */
  readonly forward: DnsConnection | undefined
  readonly registered: Registered | undefined
  readonly pointers: readonly PlacedPointer[]
}

/**
 * Asks the servers what the host has now and which zones its addresses are in. Rejects with a `SourceError` where the
 * server of the forward zone does not answer or is not known.
 */
export const readZoneState = async (
  { fqdn, addresses }: RegistrationRequest,
  config: RegisteringConfig,
  deps: Pick<CommandDeps, 'now' | 'resolvers' | 'signal'>,
): Promise<Outcome<ZoneState> & { readonly value: ZoneState }> => {
  const { zone, records } = config.register
  const servers = await openRegisterServers(config, deps)
  const forward = await locateForward(zone, servers, deps.signal)
  const registered = fqdn === undefined ? undefined : await readRegistered(fqdn, forward, deps.signal)
  const own = registered?.isOurs ? registered.addresses : []
  const wanted = [...addresses, ...own].flatMap(address => canonicalIpAddress(address) ?? [])
  const { value: pointers = [], diagnostics } = records.includes('PTR')
    ? await locatePointers(wanted, servers, deps.signal)
    : { value: [], diagnostics: [] }
  return { value: { forward, registered, pointers }, diagnostics }
}

/** The updates of a registration, one a zone. No address is `address-unknown`, as a host without a full name is `name-invalid`. */
export const planUpdates = (
  { register }: Pick<RegisteringConfig, 'register'>,
  { fqdn, addresses, remove }: RegistrationRequest,
  state: Pick<ZoneState, 'registered' | 'pointers'>,
  fingerprints: readonly string[] | undefined,
): Outcome<readonly ZoneUpdate[]> => {
  if (fqdn === undefined) {
    const origin = { kind: 'option', option: 'HOST' } as const
    return {
      value: undefined,
      diagnostics: [errorAt('name-invalid', 'no source knows a full name to register', origin)],
    }
  }
  const plan = remove ? planRemoval : planRegistration
  return plan({ fqdn, addresses, fingerprints, config: register, ...state })
}

/**
 * The same as steps of a plan, for `plan` to show; none where the configuration has no `register`. Where the server
 * cannot be asked, the plan shows what holds for any state of the zone.
 */
export const planRegisterSteps = async (
  config: Config,
  request: RegistrationRequest,
  deps: Pick<CommandDeps, 'now' | 'resolvers' | 'signal'>,
): Promise<Outcome<readonly Step[]>> => {
  const { register } = config
  if (register === undefined) return { value: [], diagnostics: [] }
  const state = await readZoneState(request, { ...config, register }, deps).catch(unread)
  const { value: updates, diagnostics } = planUpdates({ register }, request, state.value, undefined)
  const keys = register.records.includes('SSHFP') ? ', and the SSH host keys that it then has' : ''
  const steps = updates?.map((update, index) => {
    const { zone, title } = update
    const suffix = index > 0 && updates.findIndex(other => other.zone === zone) < index ? `.${index}` : ''
    const server = serverOf(zone, register.zone, state.value)
    const origin = server === undefined ? REGISTER : ({ kind: 'server', server } as const)
    return systemStep(
      'register',
      `register.${zone}${suffix}`,
      `${title}${zone === register.zone ? keys : ''}, in zone ${zone}`,
      { kind: 'update-dns', zone, update },
      [{ origin }],
    )
  })
  return { value: steps, diagnostics: [...state.diagnostics, ...diagnostics] }
}

/** Where a zone is changed. */
export const connectionOf = (
  zone: string,
  forwardZone: string,
  { forward, pointers }: Pick<ZoneState, 'forward' | 'pointers'>,
): DnsConnection | undefined =>
  zone === forwardZone ? forward : pointers.find(pointer => pointer.zone === zone)?.connection

const serverOf = (zone: string, forwardZone: string, state: ZoneState): string | undefined => {
  const connection = connectionOf(zone, forwardZone, state)
  return connection && formatServerAddress(connection.server)
}

const unread = (error: unknown): { value: ZoneState; diagnostics: readonly Diagnostic[] } => {
  if (!(error instanceof SourceError)) throw error
  const message = `the plan shows no reverse zone and not what the name has now: ${error.message}`
  return {
    value: { forward: undefined, registered: undefined, pointers: [] },
    diagnostics: [warningAt('register-unread', message, error.origin)],
  }
}
