import type { CommandModule } from 'yargs'
import type { Config } from '../config/read-config.ts'
import type { RegisterConfig } from '../config/schema.ts'
import { parseHostQuery } from '../model/host-query.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode, UsageError } from './deps.ts'
import { loadConfig, lookUp } from './look-up.ts'
import { registrationOf } from './plan-registration.ts'
import { registerHost } from './register-host.ts'
import { parseAddresses } from './target-args.ts'

type RegisterArgs = { host: string; config: string | undefined; address: string[]; remove: boolean }

/** `register HOST [--remove]`: the DNS update alone. */
export const registerCommand = (deps: CommandDeps): CommandModule<object, RegisterArgs> => ({
  command: 'register <host>',
  describe: 'register the addresses of a host in DNS, or remove that',
  builder: yargs =>
    yargs
      .positional('host', {
        type: 'string',
        demandOption: true,
        describe: 'short or full name, MAC, IP or UUID',
      })
      .option('config', { type: 'string', describe: 'configuration file' })
      .option('address', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [],
        describe: 'an address to register',
      })
      .option('remove', { type: 'boolean', default: false, describe: 'remove what was registered' }),
  handler: async args => {
    const addresses = parseAddresses(args.address)
    const { value: config, diagnostics } = await loadConfig(args.config, deps)
    complainAll(deps, diagnostics)
    if (config === undefined) return deps.setExitCode(EXIT.findings)
    const { register } = config
    if (register === undefined) throw new UsageError(`${config.path} has no "register"`)
    const run = args.remove ? remove : add
    deps.setExitCode(await run(args.host, addresses, { ...config, register }, deps))
  },
})

type RegisteringConfig = Config & { readonly register: RegisterConfig }

const add = async (
  host: string,
  given: readonly string[],
  config: RegisteringConfig,
  deps: CommandDeps,
): Promise<ExitCode> => {
  const request = { host, facts: [], added: [], configSpaceClasses: new Set<string>(), fresh: false }
  const answer = await lookUp(config, request, deps)
  complainAll(deps, answer.diagnostics)
  if (answer.resolved === undefined) return answer.exitCode
  return registerHost(registrationOf(answer, given), config, deps)
}

/** A host that is to go may have left the sources already, so its name is taken as given. */
const remove = async (
  host: string,
  addresses: readonly string[],
  config: RegisteringConfig,
  deps: CommandDeps,
): Promise<ExitCode> => {
  const query = parseHostQuery(host)
  if (query?.kind !== 'short' && query?.kind !== 'fqdn')
    throw new UsageError('--remove wants the name of a host')
  const fqdn = query.kind === 'fqdn' ? query.name : `${query.name}.${config.register.zone}`
  return registerHost({ fqdn, addresses, remove: true }, config, deps)
}
