import type { Argv, CommandModule, Options, PositionalOptions } from 'yargs'
import {
  type CompletedCommand,
  type CompletedOption,
  renderCompletion,
  SHELLS,
  type Shell,
} from '../report/completion.ts'
import type { CommandDeps } from './deps.ts'
import { COMMANDS } from './index.ts'

/** `completion [bash|zsh]`: prints the script that completes commands, options and their values. */
export const completionCommand = (
  deps: CommandDeps,
): CommandModule<object, { shell: Shell | undefined }> => ({
  command: 'completion [shell]',
  describe: 'print the completion script of a shell',
  builder: yargs =>
    yargs.positional('shell', { choices: SHELLS, describe: 'the one of $SHELL where it is left out' }),
  handler: async ({ shell }) => {
    const commands = await Promise.all(
      COMMANDS.map(async ({ name, describe, load }) => ({
        name,
        describe,
        ...argumentsOf(await load(deps)),
      })),
    )
    const own = deps.environment['SHELL']?.endsWith('/zsh') ? 'zsh' : 'bash'
    deps.print(renderCompletion(shell ?? own, commands).trimEnd())
  },
})

/** What a command tells yargs of its arguments: its builder is run with something that only listens. */
const argumentsOf = ({
  builder,
}: CommandModule<object, never>): Pick<CompletedCommand, 'options' | 'words'> => {
  const options: CompletedOption[] = []
  const words: string[] = []
  const listener: object = new Proxy(
    {},
    {
      get: (_, method) => (name: string, spec: Options & PositionalOptions) => {
        if (method === 'option') options.push(...optionOf(name, spec))
        if (method === 'positional') words.push(...(spec.choices ?? []).map(String))
        return listener
      },
    },
  )
  if (typeof builder === 'function') builder(listener as Argv<object>)
  return { options: [...options, { flag: '--help', describe: 'show help' }], words }
}

/** One that is on by default is completed as the one that turns it off. */
const optionOf = (
  name: string,
  { type, choices, describe, array, default: value }: Options,
): CompletedOption[] => {
  const text = typeof describe === 'string' ? describe : name
  if (type === 'boolean') return [{ flag: value === true ? `--no-${name}` : `--${name}`, describe: text }]
  const repeatable = array === true ? { isRepeatable: true } : {}
  return [{ flag: `--${name}`, describe: text, values: (choices ?? []).map(String), ...repeatable }]
}
