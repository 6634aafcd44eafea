import { applyZoneUpdates, type UpdateOutcome } from '../apply/dns-update.ts'
import { hasErrors } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode } from './deps.ts'
import { readFingerprints } from './host-fingerprints.ts'
import { connectionOf, planUpdates, type RegistrationRequest, readZoneState } from './plan-registration.ts'
import type { RegisteringConfig } from './register-servers.ts'

/**
 * Brings DNS up to date for one host, one line a zone. Zones that were updated stay so when a
 * later one is refused, and a repeat completes it. A refusal is exit code 1, a server
 * that cannot be asked 3.
 */
export const registerHost = async (
  request: RegistrationRequest,
  config: RegisteringConfig,
  deps: CommandDeps,
): Promise<ExitCode> => {
  const { register } = config
  const keys = await fingerprintsOf(request, config)
  complainAll(deps, keys.diagnostics)
  try {
    const state = await readZoneState(request, config, deps)
    const planned = planUpdates(config, request, state.value, keys.value)
    const diagnostics = [...state.diagnostics, ...planned.diagnostics]
    complainAll(deps, diagnostics)
    if (planned.value === undefined || hasErrors(diagnostics)) return EXIT.findings
    const connect = (zone: string) => {
      const connection = connectionOf(zone, register.zone, state.value)
      if (connection === undefined) throw new Error(`no server was found for zone ${zone}`)
      return connection
    }
    return report(await applyZoneUpdates(planned.value, connect, deps.signal), deps)
  } catch (error) {
    if (!(error instanceof SourceError) || error.origin.kind !== 'server') throw error
    deps.complain(`zone ${register.zone} at ${error.message}`)
    return error.rejected ? EXIT.findings : EXIT.environment
  }
}

const fingerprintsOf = async (
  { fqdn, addresses, sshKeys, remove }: RegistrationRequest,
  { register }: RegisteringConfig,
) =>
  fqdn === undefined || remove || !register.records.includes('SSHFP')
    ? { value: undefined, diagnostics: [] }
    : readFingerprints({ fqdn, addresses, sshKeys })

const report = (
  outcomes: readonly UpdateOutcome[],
  { print, complain }: Pick<CommandDeps, 'print' | 'complain'>,
): ExitCode => {
  for (const { ok, line } of outcomes) (ok ? print : complain)(line)
  if (outcomes.every(({ ok }) => ok)) return EXIT.done
  return outcomes.some(({ kind }) => kind === 'silent') ? EXIT.environment : EXIT.findings
}
