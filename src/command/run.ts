import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { SourceError, toDiagnostic } from '../diagnostic/source-error.ts'
import { nearestHint } from '../model/nearest.ts'
import { type CommandDeps, EXIT, UsageError } from './deps.ts'
import { COMMANDS, type Command } from './index.ts'

const USAGE = 'usage: fai-classes <command> [options]; fai-classes <command> --help'

/** Runs the subcommand that the arguments name. Every fault of the world or of usage becomes a message and an exit code. */
export const runCommand = async (args: readonly string[], deps: CommandDeps): Promise<void> => {
  const [name] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    for (const line of helpLines()) deps.print(line)
    deps.setExitCode(name === undefined ? EXIT.usage : EXIT.done)
    return
  }
  try {
    const command = COMMANDS.find(candidate => candidate.name === name)
    if (command === undefined) throw new UsageError(unknownCommand(name))
    await parseAndRun(command, args, deps)
  } catch (error) {
    deps.setExitCode(report(error, deps))
  }
}

const parseAndRun = async (command: Command, args: readonly string[], deps: CommandDeps): Promise<void> => {
  const [{ default: yargs }, module] = await Promise.all([import('yargs'), command.load(deps)])
  // As the default command of a program named after it: for a subcommand yargs renders the whole help text on every run.
  const positionals = String(module.command).split(' ').slice(1)
  await yargs(args.slice(1))
    .scriptName(`fai-classes ${command.name}`)
    .command({ ...module, command: ['$0', ...positionals].join(' ') })
    .strict()
    .version(false)
    // The second argument is the options (yargs, docs/api.md, `check`), whatever its types say.
    .check((values, options: unknown) => refuseRepeated(values, options as { array: readonly string[] }))
    .exitProcess(false)
    // A handler that does not throw would let the command run all the same.
    .fail((message, error) => {
      throw error ?? new UsageError(message)
    })
    .parseAsync()
}

/** Of an option that takes one value, yargs would make a list. */
const refuseRepeated = (values: object, { array }: { array: readonly string[] }): true => {
  const repeated = Object.entries(values).find(
    ([name, value]) => name !== '_' && Array.isArray(value) && !array.includes(name),
  )
  if (repeated !== undefined) throw new UsageError(`--${repeated[0]} is given more than once`)
  return true
}

const report = (error: unknown, { complain }: CommandDeps): 1 | 2 | 3 => {
  if (error instanceof UsageError || (error instanceof Error && error.name === 'YError')) {
    complain(`fai-classes: ${error.message}`)
    complain(USAGE)
    return EXIT.usage
  }
  if (error instanceof EnvironmentError) {
    complain(`fai-classes: ${error.message}`)
    return EXIT.environment
  }
  if (error instanceof SourceError) {
    complain(formatDiagnostic(toDiagnostic(error)))
    return EXIT.environment
  }
  throw error
}

const unknownCommand = (name: string): string => {
  const known = COMMANDS.map(command => command.name)
  return `unknown command "${name}"${nearestHint(name, known, 'command')}`
}

const helpLines = (): readonly string[] => [
  USAGE,
  '',
  ...COMMANDS.map(({ name, describe }) => `  ${name.padEnd(12)} ${describe}`),
]
