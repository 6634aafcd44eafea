import { once } from 'node:events'
import type { Diagnostic, Outcome } from '../diagnostic/diagnostic.ts'
import { formatDiagnostic, formatOrigin } from '../diagnostic/format.ts'
import { SourceError, toDiagnostic } from '../diagnostic/source-error.ts'
import type { User } from '../server/become-user.ts'
import { type CommandDeps, complainAll } from './deps.ts'
import type { Serving } from './serve.ts'
import { explainFault } from './serve-error.ts'
import { openServeLog } from './serve-log.ts'
import { openServers, type Servers } from './serve-servers.ts'
import { findUser, makeStateDirectory } from './serve-user.ts'
import type { ServingConfig } from './serve-wiring.ts'

/** How a service runs beside its configuration. */
export type ServeOptions = {
  /** Reads the configuration anew. */
  readonly read: () => Promise<Outcome<Serving>>
  readonly eventsPath: string | undefined
}

/** Serves until SIGTERM or SIGINT, then ends what is in flight. Rejects where it cannot begin. */
export const runServe = async (
  { config, parts }: Serving,
  { read, eventsPath }: ServeOptions,
  deps: CommandDeps,
): Promise<void> => {
  const { serve, resolvePath } = config
  const user = deps.isRoot ? await findUser(serve.user, deps) : undefined
  const stateDirectory = resolvePath(serve.stateDirectory)
  await makeStateDirectory(stateDirectory, user)
  const log = openServeLog(eventsPath, deps)
  const warn = eachOnce(deps)
  try {
    const opening = openServers({
      ...{ config, parts, stateDirectory, user, deps },
      log: log.report,
      warn: warn.say,
    }).catch(explainFault(config, user))
    // Before it is said that it serves: whoever reads that may send SIGHUP at once.
    const rereading = rereadAtHangUp({ config, user }, opening, read, warn.forget, deps)
    const servers = await opening
    for (const line of servers.lines) deps.complain(`serving ${line}`)
    if (!deps.signal.aborted) await once(deps.signal, 'abort')
    deps.complain('ending: transfers in flight are finished')
    await rereading()
    await servers.close()
  } finally {
    log.close()
  }
}

/**
 * At each SIGHUP the configuration is read anew, once the servers are open; one that is wrong is told, and the old one stays.
 * Gives a function that waits for a reading under way.
 */
const rereadAtHangUp = (
  { config: first, user }: { readonly config: ServingConfig; readonly user: User | undefined },
  opening: Promise<Servers>,
  read: ServeOptions['read'],
  forget: () => void,
  deps: CommandDeps,
): (() => Promise<void>) => {
  let config = first
  let reading = Promise.resolve()
  const reread = async (): Promise<void> => {
    const servers = await opening.catch(() => undefined)
    if (servers === undefined) return
    try {
      const { value, diagnostics } = await read()
      complainAll(deps, diagnostics)
      if (value === undefined) return deps.complain('the old configuration stays')
      const next = keepBound(config, value.config, deps)
      await servers.take(next).catch(explainFault(next, user))
      config = next
      forget()
      deps.complain('the configuration was read again')
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      deps.complain(formatDiagnostic(toDiagnostic(error)))
      deps.complain('the old configuration stays')
    }
  }
  deps.onHangUp(() => {
    reading = reading.then(reread)
  })
  return () => reading
}

/** The keys of `serve` that sockets, directories and the user were made from: another value counts after a restart, and is told. */
const keepBound = (
  { serve: old }: ServingConfig,
  next: ServingConfig,
  { complain }: Pick<CommandDeps, 'complain'>,
): ServingConfig => {
  const { tftp, http, dns, watch, api, history, stateDirectory, user } = old
  const dhcp = old.dhcp && {
    ...(next.serve.dhcp ?? old.dhcp),
    interface: old.dhcp.interface,
    mode: old.dhcp.mode,
  }
  const serve = { ...next.serve, tftp, http, dns, watch, api, history, stateDirectory, user, dhcp }
  for (const key of [
    'dhcp',
    'tftp',
    'http',
    'dns',
    'watch',
    'api',
    'history',
    'stateDirectory',
    'user',
  ] as const) {
    if (JSON.stringify(serve[key]) === JSON.stringify(next.serve[key])) continue
    complain(`${formatOrigin(next.originOf(['serve', key]))}: serve.${key} counts after a restart`)
  }
  return { ...next, serve }
}

/** Says each thing of each place once, for a source that is down would be told of at each boot. */
const eachOnce = ({ complain }: Pick<CommandDeps, 'complain'>) => {
  const said = new Set<string>()
  return {
    say: (diagnostic: Diagnostic): void => {
      const key = `${diagnostic.code} ${formatOrigin(diagnostic.origin)}`
      if (said.has(key)) return
      said.add(key)
      complain(formatDiagnostic(diagnostic))
    },
    forget: () => said.clear(),
  }
}
