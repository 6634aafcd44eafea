import { type ParsedOrder, parseInstallOrder, parseOrderedRegister } from '../config/install-order.ts'
import type { Config } from '../config/read-config.ts'
import type { RegisterConfig } from '../config/schema.ts'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import type { HostName } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import type { Explanation } from '../resolve/reasons.ts'
import { resolveHost } from '../resolve/resolve-host.ts'
import type { ResolvedVariables } from '../resolve/variables.ts'
import type { SourceState } from '../source/source.ts'
import { EXIT } from './deps.ts'
import { type LookupAnswer, NO_ANSWER } from './look-up.ts'
import type { NetbootSetting } from './make-plan.ts'

/** Who answers on a machine that has no sources, and the configuration that goes with the answers. */
export type NetbootSite = Pick<NetbootSetting, 'identify' | 'lookUp'> & { readonly config: Config }

const RESOLUTION: Config['resolution'] = { hostClass: 'short', unknownClass: 'allow' }

const withoutSources = (register: () => RegisterConfig | undefined): Config => ({
  sources: [],
  resolution: RESOLUTION,
  path: 'the boot server',
  originOf: () => ({ kind: 'file', path: 'the boot server' }),
  resolvePath: path => path,
  // Known only once the order is there.
  get register() {
    return register()
  },
})

const known = (host: HostName): LookupAnswer => ({ ...NO_ANSWER, host, exitCode: EXIT.done })

/** Nobody says anything of the host: its list is what the machine reports, and what is added. */
export const siteOfNobody = (host: HostName): NetbootSite => ({
  config: withoutSources(() => undefined),
  identify: () => known(host),
  lookUp: async (facts, added) => {
    const assignment = { host, records: [], facts, added, options: RESOLUTION }
    const knowledge = { catalog: new Map(), anyDefinition: false, configSpaceClasses: new Set<string>() }
    const { value, diagnostics } = resolveHost(assignment, knowledge)
    return { ...known(host), resolved: value, diagnostics }
  },
})

/** What asking for an order needs. */
export type OrderSetting = {
  readonly host: HostName
  /** Asks for the order, once: it spends the token. Rejects where there is none. */
  readonly order: (facts: readonly ClassName[]) => Promise<unknown>
  /** Keeps a secret in a file that only root reads, and gives its path. */
  readonly keepSecret: (base64: string) => string
  /** Gets the order when it is there. */
  readonly onOrder: (order: ParsedOrder) => void
}

/** What the boot server says the host is. Classes that are added go with the facts: its answer is the whole list. */
export const siteOfOrder = ({ host, order, keepSecret, onOrder }: OrderSetting): NetbootSite => {
  let register: RegisterConfig | undefined
  return {
    config: withoutSources(() => register),
    identify: () => known(host),
    lookUp: async (facts, added) => {
      const parsed = parseInstallOrder(await order([...facts, ...added]))
      if (typeof parsed === 'string') throw new EnvironmentError(`the order of the boot server: ${parsed}`)
      if (parsed.register !== undefined) {
        register = parseOrderedRegister(parsed.register, keepSecret)
        if (register === undefined) throw new EnvironmentError('the order of the boot server: register')
      }
      onOrder(parsed)
      return answerOf(parsed)
    },
  }
}

/** The answer that the server had, as far as it was printed. */
const answerOf = ({ lookup, addresses }: ParsedOrder): LookupAnswer => {
  const { host: short, fqdn, because, notTaken } = lookup
  const explanation = { because, notTaken } as Explanation
  return {
    ...known({ short, fqdn: fqdn.includes('.') ? fqdn : undefined }),
    resolved: {
      classes: lookup.classes as ClassName[],
      variables: lookup.variables as ResolvedVariables,
      explain: () => explanation,
    },
    addresses,
    sources: lookup.sources as SourceState[],
    diagnostics: lookup.diagnostics as Diagnostic[],
  }
}
