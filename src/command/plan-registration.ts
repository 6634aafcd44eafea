import type { RegisterConfig } from '../config/schema.ts'
import { type Diagnostic, errorAt, type Outcome, warningAt } from '../diagnostic/diagnostic.ts'
import { planRegistration, planRemoval, type Registration } from '../plan/register/registration.ts'
import type { ZoneUpdate } from '../plan/register/update.ts'
import type { Step } from '../plan/step.ts'
import { systemStep } from '../plan/system/system-step.ts'
import type { LookupAnswer } from './look-up.ts'

/** A host that is to be registered, or whose registration goes. */
export type RegistrationRequest = {
  readonly fqdn: string | undefined
  readonly addresses: readonly string[]
  readonly remove: boolean
}

/** What is to be registered for a host that was looked up: the addresses given, else those of its entry (contract, section 8). */
export const registrationOf = (
  { host, addresses }: Pick<LookupAnswer, 'host' | 'addresses'>,
  given: readonly string[],
): RegistrationRequest => ({
  fqdn: host?.fqdn,
  addresses: given.length > 0 ? given : addresses,
  remove: false,
})

/**
 * The updates of a registration, one a zone. `previous` are the addresses that the zone has
 * now, none where nobody asked yet. No address is `address-unknown`, as a host without
 * a full name is.
 */
export const planUpdates = (
  config: RegisterConfig,
  { fqdn, addresses, remove }: RegistrationRequest,
  previous: readonly string[],
): Outcome<readonly ZoneUpdate[]> => {
  const origin = { kind: 'option', option: 'HOST' } as const
  if (fqdn === undefined) {
    return {
      value: undefined,
      diagnostics: [errorAt('name-invalid', 'no source knows a full name to register', origin)],
    }
  }
  const registration: Registration = { fqdn, addresses, previous, config }
  const planned = remove ? planRemoval(registration) : planRegistration(registration)
  return { value: planned.value, diagnostics: [...planned.diagnostics, ...findUnsupported(config)] }
}

/** The same as steps of a plan, for `plan` to show; none where the configuration has no `register`. */
export const planRegisterSteps = (
  config: RegisterConfig | undefined,
  request: RegistrationRequest,
): Outcome<readonly Step[]> => {
  if (config === undefined) return { value: [], diagnostics: [] }
  const { value, diagnostics } = planUpdates(config, request, [])
  const because = [{ origin: { kind: 'server', server: config.server } as const }]
  const steps = value?.map(update =>
    systemStep(
      'register',
      `register.${update.zone}`,
      `${update.title}, in zone ${update.zone}`,
      { kind: 'update-dns', zone: update.zone, update },
      because,
    ),
  )
  return { value: steps, diagnostics }
}

const findUnsupported = ({ records }: RegisterConfig): Diagnostic[] =>
  records.includes('SSHFP')
    ? [
        warningAt('register-unsupported', 'SSHFP records are not registered yet', {
          kind: 'option',
          option: 'register',
        }),
      ]
    : []
