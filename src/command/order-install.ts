import type { Config } from '../config/read-config.ts'
import type { TsigConfig } from '../config/schema.ts'
import { readTsigSecret } from '../config/secret.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import type { InstallOrder } from '../model/install-order.ts'
import { type OrderFor, OrderRefusedError } from '../server/http/install-routes.ts'
import type { CommandDeps } from './deps.ts'
import { EXIT } from './deps.ts'
import { lookUp } from './look-up.ts'
import { lookupObject } from './lookup-output.ts'

/** What orders are made with. */
export type OrderDeps = Pick<CommandDeps, 'now' | 'signal'>

/** Orders from the sources themselves, never from a snapshot: what a machine is installed as is what they say now. */
export const installOrders =
  (config: Config, deps: OrderDeps): OrderFor =>
  async (host, facts): Promise<Omit<InstallOrder, 'reportKey'>> => {
    const request = { host, facts, added: [], configSpaceClasses: new Set<string>(), fresh: true }
    const answer = await lookUp(config, request, deps)
    const faults = answer.diagnostics.filter(({ severity }) => severity === 'error')
    const text = faults.map(formatDiagnostic).join('; ')
    if (answer.exitCode === EXIT.environment) {
      throw new SourceError(text, { kind: 'option', option: host })
    }
    if (answer.resolved === undefined) throw new OrderRefusedError(text)
    const register = await registerOrder(config)
    return {
      lookup: lookupObject(answer, host, true),
      addresses: answer.addresses,
      ...(register === undefined ? {} : { register }),
    }
  }

/** `register` as the configuration has it, with the secrets in place of the files that hold them. */
const registerOrder = async ({ register, resolvePath }: Config): Promise<object | undefined> => {
  if (register === undefined) return undefined
  const withSecret = async <T extends { readonly tsig?: TsigConfig | undefined }>({ tsig, ...rest }: T) => {
    if (tsig === undefined) return rest
    const { name, algorithm, secret } = await readTsigSecret(tsig, resolvePath)
    return { ...rest, tsig: { name, algorithm, secret: secret.toString('base64') } }
  }
  const { reverse = [] } = register
  const [own, ...entries] = await Promise.all([
    withSecret(register),
    ...reverse.map(async entry => (typeof entry === 'string' ? entry : withSecret(entry))),
  ])
  return { ...own, ...(register.reverse === undefined ? {} : { reverse: entries }) }
}
