import { configSpaceClasses } from '../inspect/config-space-classes.ts'
import { configSpaceDirectory } from './config-space-directory.ts'
import { type CommandDeps, UsageError } from './deps.ts'

/** Classes that `--config-space` makes known, none without it; what is no URI is wrong use. */
export const knownClassesOf = async (
  uri: string | undefined,
  deps: CommandDeps,
): Promise<ReadonlySet<string>> => {
  if (uri === undefined) return new Set()
  const { value: directory, diagnostics } = await configSpaceDirectory(uri, deps)
  if (directory === undefined) throw new UsageError(diagnostics.map(({ message }) => message).join('; '))
  return configSpaceClasses(directory)
}
