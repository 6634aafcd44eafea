import type { Argv } from 'yargs'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { type CommandDeps, EXIT } from './deps.ts'
import { knownClassesOf } from './known-classes.ts'
import { loadConfig } from './look-up.ts'
import { readSite, type SiteAnswer } from './whole-site.ts'

/** Options of every command that goes over all hosts. */
export type SiteArgs = {
  config: string | undefined
  'config-space': string | undefined
  fresh: boolean
}

/** Adds those options to a command. */
export const withSiteOptions = <T>(yargs: Argv<T>): Argv<T & SiteArgs> =>
  yargs
    .option('config', { type: 'string', describe: 'configuration file' })
    .option('config-space', {
      type: 'string',
      describe: 'a config space whose files make classes known',
    })
    .option('fresh', FRESH_OPTION) as Argv<T & SiteArgs>

/** `--fresh` of every command that can answer from a snapshot. */
export const FRESH_OPTION = {
  type: 'boolean',
  default: false,
  describe: 'answer from the sources, never from a snapshot',
} as const

/** Reads the configuration and all of its sources; faults of the configuration are among the diagnostics. */
export const openSite = async (args: SiteArgs, deps: CommandDeps): Promise<SiteAnswer> => {
  const { value: config, diagnostics } = await loadConfig(args.config, deps)
  if (config === undefined) return unread(diagnostics)
  const known = await knownClassesOf(args['config-space'], deps)
  const answer = await readSite(config, { configSpaceClasses: known, fresh: args.fresh }, deps)
  return { ...answer, diagnostics: [...diagnostics, ...answer.diagnostics] }
}

const unread = (diagnostics: readonly Diagnostic[]): SiteAnswer => ({
  site: undefined,
  states: [],
  diagnostics,
  exitCode: EXIT.findings,
})
