import type { CommandModule } from 'yargs'
import { type CommandDeps, complainAll, UsageError } from './deps.ts'
import { knownClassesOf } from './known-classes.ts'
import { type LookupAnswer, loadConfig, lookUp, NO_ANSWER } from './look-up.ts'
import { explain, FORMATS, type LookupFormat, lookupObject, renderList } from './lookup-output.ts'
import { FRESH_OPTION } from './site-args.ts'
import { parseClasses } from './target-args.ts'

type LookupArgs = {
  host: string
  config: string | undefined
  format: LookupFormat
  explain: boolean
  fact: string[]
  add: string[]
  implicit: boolean
  fresh: boolean
  'config-space': string | undefined
  at: string | undefined
}

/** `lookup HOST`: prints the class list of a host and, with `--explain`, the reason for every class. */
export const lookupCommand = (deps: CommandDeps): CommandModule<object, LookupArgs> => ({
  command: 'lookup <host>',
  describe: 'print the class list of a host, lowest priority first',
  builder: yargs =>
    yargs
      .positional('host', {
        type: 'string',
        demandOption: true,
        describe: 'short or full name, MAC, IP or UUID',
      })
      .option('config', { type: 'string', describe: 'configuration file' })
      .option('format', { choices: FORMATS, default: 'lines' as const, describe: 'what to print' })
      .option('explain', { type: 'boolean', default: false, describe: 'say for each class why it is there' })
      .option('fact', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [],
        describe: 'a class the machine reports',
      })
      .option('add', { type: 'string', array: true, nargs: 1, default: [], describe: 'a class to add' })
      .option('implicit', {
        type: 'boolean',
        default: true,
        describe: 'with DEFAULT, host class, LAST and facts',
      })
      .option('fresh', FRESH_OPTION)
      .option('config-space', { type: 'string', describe: 'a config space whose files make classes known' })
      .option('at', {
        type: 'string',
        describe: 'the list of that time (RFC 3339, or an age such as 2h), from the history',
      }),
  handler: async args => {
    if (args.at !== undefined) return lookUpAt({ ...args, at: args.at }, deps)
    const { value: config, diagnostics } = await loadConfig(args.config, deps)
    const request = {
      host: args.host,
      facts: parseClasses('--fact', args.fact),
      added: parseClasses('--add', args.add),
      configSpaceClasses: await knownClassesOf(args['config-space'], deps),
      fresh: args.fresh,
    }
    const answer: LookupAnswer =
      config === undefined ? { ...NO_ANSWER, diagnostics } : await lookUp(config, request, deps)
    const all = { ...answer, diagnostics: [...new Set([...diagnostics, ...answer.diagnostics])] }
    complainAll(deps, all.diagnostics)
    for (const line of render(all, args)) deps.print(line)
    deps.setExitCode(all.exitCode)
  },
})

/** Loaded only where it is asked for, with SQLite. */
const lookUpAt = async (args: LookupArgs & { at: string }, deps: CommandDeps): Promise<void> => {
  const { explain, fact, add, implicit, fresh, 'config-space': configSpace } = args
  if (explain || fact.length + add.length > 0 || !implicit || fresh || configSpace !== undefined)
    throw new UsageError(
      '--at takes no other options than --format and --config: the history has whole lists alone',
    )
  const { lookupAt } = await import('./lookup-at.ts')
  return lookupAt(args, deps)
}

const render = (
  answer: LookupAnswer,
  { host, format, explain: explained, implicit }: LookupArgs,
): readonly string[] => {
  if (format === 'json') return [JSON.stringify(lookupObject(answer, host, implicit), undefined, 2)]
  if (answer.resolved === undefined) return []
  return explained
    ? explain(answer, answer.resolved, implicit)
    : renderList(answer.resolved, format, implicit)
}
