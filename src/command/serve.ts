import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandModule } from 'yargs'
import type { Config } from '../config/read-config.ts'
import { type Diagnostic, errorAt, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts'
import { type CommandDeps, complainAll, EXIT, UsageError } from './deps.ts'
import { loadConfig } from './look-up.ts'
import { findDnsFaults } from './serve-dns-faults.ts'
import { findServeFaults, SERVE_PARTS, type ServePart } from './serve-faults.ts'
import type { ServingConfig } from './serve-wiring.ts'

type ServeArgs = { config: string | undefined; only: string | undefined; events: string | undefined }

/** `serve`: answers machines that boot from the network, until SIGTERM. */
export const serveCommand = (deps: CommandDeps): CommandModule<object, ServeArgs> => ({
  command: 'serve',
  describe: 'run what serve configures, in the foreground, one line a transaction',
  builder: yargs =>
    yargs
      .option('config', { type: 'string', describe: 'configuration file' })
      .option('only', { type: 'string', describe: `these only, of ${SERVE_PARTS.join(',')}` })
      .option('events', { type: 'string', describe: 'a file for transactions, one JSON object a line' }),
  handler: async args => {
    const only = parseParts(args.only)
    const read = () => readServing(args.config, only, deps)
    const { value, diagnostics } = await read()
    complainAll(deps, diagnostics)
    if (value === undefined) return deps.setExitCode(EXIT.findings)
    const { runServe } = await import('./run-serve.ts')
    await runServe(value, { read, eventsPath: args.events }, deps)
  },
})

/** A configuration and which of its parts are served. */
export type Serving = { readonly config: ServingConfig; readonly parts: ReadonlySet<ServePart> }

/** Reads the configuration and looks for what stands against serving it; no value where anything does. */
const readServing = async (
  option: string | undefined,
  only: ReadonlySet<ServePart> | undefined,
  deps: CommandDeps,
): Promise<Outcome<Serving>> => {
  const { value: config, diagnostics: ofConfig } = await loadConfig(option, deps)
  if (config === undefined) return { value: undefined, diagnostics: ofConfig }
  const serving = chooseParts(config, only)
  const faults =
    serving.value === undefined
      ? serving.diagnostics
      : [
          ...findServeFaults(serving.value.config.serve, serving.value.parts, {
            ...config,
            isDirectory,
            isFile,
          }),
          ...(serving.value.parts.has('dns') ? findDnsFaults(serving.value.config.serve, config) : []),
        ]
  const diagnostics = [...ofConfig, ...faults]
  return { value: hasErrors(diagnostics) ? undefined : serving.value, diagnostics }
}

/** What is configured, and asked for by `--only`. Pure. */
const chooseParts = (config: Config, only: ReadonlySet<ServePart> | undefined): Outcome<Serving> => {
  const { serve, snapshot, originOf } = config
  const fault = (message: string): Outcome<Serving> => {
    const diagnostics: Diagnostic[] = [errorAt('config-invalid', message, originOf(['serve']))]
    return { value: undefined, diagnostics }
  }
  if (serve === undefined) return fault('there is no serve: nothing is to be served')
  const configured = SERVE_PARTS.filter(part =>
    part === 'dhcp' ? serve.dhcp !== undefined && serve.dhcp.mode !== 'off' : serve[part] !== undefined,
  )
  const missing = [...(only ?? [])].find(part => !configured.includes(part))
  if (missing !== undefined) return fault(`serve.${missing} is not configured, or off`)
  if (configured.length === 0) return fault(`serve has none of ${SERVE_PARTS.join(', ')}`)
  // Those of other commands belong to whoever ran them, who may be root.
  const kept = snapshot && { ...snapshot, directory: join(serve.stateDirectory, 'snapshot') }
  const parts = new Set(configured.filter(part => only === undefined || only.has(part)))
  return { value: { config: { ...config, serve, snapshot: kept }, parts }, diagnostics: [] }
}

const parseParts = (text: string | undefined): ReadonlySet<ServePart> | undefined => {
  if (text === undefined) return undefined
  return new Set(
    text.split(',').map(word => {
      const part = SERVE_PARTS.find(known => known === word)
      if (part === undefined) throw new UsageError(`--only: "${word}" is none of ${SERVE_PARTS.join(', ')}`)
      return part
    }),
  )
}

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true
