import { parseConfigSpaceUri } from '../inspect/config-space.ts'
import { configSpaceClasses } from '../inspect/config-space-classes.ts'
import { type CommandDeps, UsageError } from './deps.ts'

/** Classes that `--config-space` makes known, none without it; another kind of URI is wrong use. */
export const knownClassesOf = async (
  uri: string | undefined,
  { cwd }: Pick<CommandDeps, 'cwd'>,
): Promise<ReadonlySet<string>> => {
  if (uri === undefined) return new Set()
  const { value: directory, diagnostics } = parseConfigSpaceUri(uri, cwd)
  if (directory === undefined) throw new UsageError(diagnostics.map(({ message }) => message).join('; '))
  return configSpaceClasses(directory)
}
