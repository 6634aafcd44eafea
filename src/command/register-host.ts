import type { DnsConnection } from '../apply/dns-transaction.ts'
import { applyZoneUpdates } from '../apply/dns-update.ts'
import { readAddresses } from '../apply/dns-update-read.ts'
import type { Config } from '../config/read-config.ts'
import type { RegisterConfig } from '../config/schema.ts'
import { readTsigSecret } from '../config/secret.ts'
import { hasErrors } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import { parseServerAddress } from '../model/server-address.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode } from './deps.ts'
import { planUpdates, type RegistrationRequest } from './plan-registration.ts'

const DNS_PORT = 53

/**
 * Brings DNS up to date for one host, one line a zone. Zones that were updated stay so when a
 * later one is refused, and a repeat completes it. A refusal is exit code 1, a server
 * that cannot be asked 3.
 */
export const registerHost = async (
  request: RegistrationRequest,
  { register, resolvePath }: Config & { readonly register: RegisterConfig },
  deps: CommandDeps,
): Promise<ExitCode> => {
  const connection = await connectionTo(register, resolvePath, deps)
  const previous = await readPrevious(request, register, connection, deps)
  if (previous === undefined) return EXIT.findings
  const { value: updates, diagnostics } = planUpdates(register, request, previous)
  complainAll(deps, diagnostics)
  if (updates === undefined || hasErrors(diagnostics)) return EXIT.findings
  const outcomes = await applyZoneUpdates(updates, connection, deps.signal)
  for (const { ok, line } of outcomes) (ok ? deps.print : deps.complain)(line)
  if (outcomes.every(({ ok }) => ok)) return EXIT.done
  return outcomes.some(({ kind }) => kind === 'silent') ? EXIT.environment : EXIT.findings
}

const connectionTo = async (
  { server, tsig }: RegisterConfig,
  resolvePath: Config['resolvePath'],
  { now }: CommandDeps,
): Promise<DnsConnection> => {
  const address = parseServerAddress(server, DNS_PORT)
  if (address === undefined) throw new Error(`server "${server}" passed the schema`)
  const key = tsig && (await readTsigSecret(tsig, resolvePath))
  return { server: address, key, now }
}

/** Undefined where the server refused our key: said in one line, as the refusal of an update is. */
const readPrevious = async (
  { fqdn }: RegistrationRequest,
  { zone }: RegisterConfig,
  connection: DnsConnection,
  { complain, signal }: CommandDeps,
): Promise<readonly string[] | undefined> => {
  if (fqdn === undefined) return []
  try {
    return await readAddresses(fqdn, connection, signal)
  } catch (error) {
    if (!(error instanceof SourceError) || !error.rejected) throw error
    complain(`zone ${zone} at ${error.message}`)
    return undefined
  }
}
