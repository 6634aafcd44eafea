import { resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import { parseHostQuery } from '../model/host-query.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode, UsageError } from './deps.ts'
import { loadConfig, lookUp } from './look-up.ts'
import { type RegistrationRequest, registrationOf } from './plan-registration.ts'
import { registerHost } from './register-host.ts'
import type { RegisteringConfig } from './register-servers.ts'
import { parseAddresses } from './target-args.ts'

type RegisterArgs = {
  host: string
  config: string | undefined
  address: string[]
  'ssh-keys': string | undefined
  remove: boolean
}

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
      .option('ssh-keys', {
        type: 'string',
        describe: 'directory with its ssh_host_*_key.pub, such as /etc/ssh',
      })
      .option('remove', { type: 'boolean', default: false, describe: 'remove what was registered' }),
  handler: async args => {
    const addresses = parseAddresses(args.address)
    const { value: config, diagnostics } = await loadConfig(args.config, deps)
    complainAll(deps, diagnostics)
    if (config === undefined) return deps.setExitCode(EXIT.findings)
    const { register } = config
    if (register === undefined) throw new UsageError(`${config.path} has no "register"`)
    const sshKeys = args['ssh-keys']
    if (sshKeys !== undefined && !register.records.includes('SSHFP'))
      throw new UsageError('--ssh-keys: "records" of register has no SSHFP')
    const run = args.remove ? remove : add
    const given = { addresses, sshKeys: sshKeys && resolve(deps.cwd, sshKeys) }
    deps.setExitCode(await run(args.host, given, { ...config, register }, deps))
  },
})

/** What the command line says of the host. */
type Given = Pick<RegistrationRequest, 'addresses' | 'sshKeys'>

const add = async (
  host: string,
  { addresses, sshKeys }: Given,
  config: RegisteringConfig,
  deps: CommandDeps,
): Promise<ExitCode> => {
  const request = { host, facts: [], added: [], configSpaceClasses: new Set<string>(), fresh: false }
  const answer = await lookUp(config, request, deps)
  complainAll(deps, answer.diagnostics)
  if (answer.resolved === undefined) return answer.exitCode
  return registerHost({ ...registrationOf(answer, addresses), sshKeys }, config, deps)
}

/** A host that is to go may have left the sources already, so its name is taken as given. */
const remove = async (
  host: string,
  { addresses }: Given,
  config: RegisteringConfig,
  deps: CommandDeps,
): Promise<ExitCode> => {
  const query = parseHostQuery(host)
  if (query?.kind !== 'short' && query?.kind !== 'fqdn')
    throw new UsageError('--remove wants the name of a host')
  const fqdn = query.kind === 'fqdn' ? query.name : `${query.name}.${config.register.zone}`
  return registerHost({ fqdn, addresses, remove: true }, config, deps)
}
