import { join } from 'node:path'
import type { ServeConfig } from '../config/serve-schema.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { parseHostname } from '../model/host-query.ts'
import { type BootRecord, nextState, type Wish } from '../server/boot/state.ts'
import { type BootStore, BootStoreError, bootStore, type Listed } from '../server/boot/store.ts'
import { TOKEN_LIFE_MS } from '../server/boot/token.ts'
import { printable } from '../server/transaction.ts'
import { nameOf } from '../source/order.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode, UsageError } from './deps.ts'
import { loadConfig, lookUp } from './look-up.ts'
import { findUser } from './serve-user.ts'

/** A configuration that serves, and where the states of its hosts are. */
export type BootSetting = {
  readonly config: ServingConfig
  readonly store: BootStore
}

type ServingConfig = NonNullable<Awaited<ReturnType<typeof loadConfig>>['value']> & {
  readonly serve: ServeConfig
}

/** Reads the configuration and opens the states; undefined where it has findings, which are told. */
export const openBootSetting = async (
  option: string | undefined,
  deps: CommandDeps,
): Promise<BootSetting | undefined> => {
  const { value: config, diagnostics } = await loadConfig(option, deps)
  complainAll(deps, diagnostics)
  if (config === undefined) return undefined
  const { serve } = config
  if (serve === undefined) throw new UsageError(`${config.path} has no "serve"`)
  // What root makes belongs to the server, which is not root.
  const owner = deps.isRoot ? await findUser(serve.user, deps) : undefined
  const directory = join(config.resolvePath(serve.stateDirectory), 'boot')
  return { config: { ...config, serve }, store: bootStore(directory, owner) }
}

/** A host that a name means, or how the command ends; what is wrong has been told. */
export type FoundHost =
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'none'; readonly exitCode: ExitCode }

/**
 * The host that HOST means. One that is to be installed needs a class list; one that is not to be needs no source to answer, if
 * its full name is given and something is stored of it.
 */
export const findBootHost = async (
  host: string,
  wish: Wish | undefined,
  { config, store }: BootSetting,
  deps: CommandDeps,
): Promise<FoundHost> => {
  const name = parseHostname(host)
  if (wish !== 'install' && name !== undefined && (await isStored(store, name))) return { kind: 'host', name }
  const request = { host, facts: [], added: [], configSpaceClasses: new Set<string>(), fresh: false }
  const answer = await lookUp(config, request, deps)
  const isEnough = answer.host !== undefined && (wish !== 'install' || answer.resolved !== undefined)
  if (!isEnough || wish === 'install') complainAll(deps, answer.diagnostics)
  if (answer.host === undefined || !isEnough || answer.exitCode === EXIT.environment)
    return { kind: 'none', exitCode: answer.exitCode }
  return { kind: 'host', name: nameOf(answer.host) }
}

const isStored = async (store: BootStore, name: string): Promise<boolean> =>
  (await orEnvironment(store.list())).some(listed => listed.host === name)

/** Sets what a host does at its next boot; gives what it was to do before. */
export const applyWish = async (
  host: string,
  wish: Wish,
  { store }: Pick<BootSetting, 'store'>,
  { now }: Pick<CommandDeps, 'now'>,
): Promise<{ readonly before: BootRecord; readonly after: BootRecord }> =>
  orEnvironment(
    store.update(host, before => {
      const { record } = nextState(before, { kind: 'wish', wish }, now())
      return { record, answer: { before, after: record } }
    }),
  )

/** A state that cannot be read or written ends the command. */
export const orEnvironment = async <T>(outcome: Promise<T>): Promise<T> => {
  try {
    return await outcome
  } catch (error) {
    if (error instanceof BootStoreError) throw new EnvironmentError(error.message)
    throw error
  }
}

/** The line of a host: its name, what it boots, since when, and what was said last. Pure. */
export const formatListed = (listed: Listed): string => {
  if ('error' in listed) return `${listed.host}  unreadable: ${printable(listed.error.message)}`
  const { state, sinceMs, message } = listed.record
  const since = sinceMs === 0 ? [] : [formatTime(sinceMs)]
  return [listed.host, state, ...since, printable(message)].join('  ')
}

/** The object of a host in `boot --format json`; its shape is in `schema/boot.schema.json`. Pure. */
export const listedObject = (listed: Listed): object => {
  if ('error' in listed) return { host: listed.host, error: listed.error.message }
  const { state, sinceMs, message, token } = listed.record
  return {
    host: listed.host,
    state,
    ...(sinceMs === 0 ? {} : { since: formatTime(sinceMs) }),
    message,
    ...(token === undefined
      ? {}
      : {
          token: {
            address: token.address,
            madeAt: formatTime(token.madeAtMs),
            expiresAt: formatTime(token.madeAtMs + TOKEN_LIFE_MS),
            ...(token.spentAtMs === undefined ? {} : { usedAt: formatTime(token.spentAtMs) }),
          },
        }),
  }
}

const formatTime = (timeMs: number): string => new Date(timeMs).toISOString().replace(/\.\d+/, '')
