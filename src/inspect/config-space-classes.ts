import { join } from 'node:path'
import { hookClass } from './config-space-executed.ts'
import { entriesIn, namesIn, requireConfigSpace } from './folder.ts'

/** Folders of a config space whose entries are named after classes (contract, section 5). */
const BY_NAME = ['disk_config', 'package_config', 'scripts'] as const

/**
 * Names that files of a config space bear, so that a class without a definition is
 * known: `disk_config/CLASS`, `package_config/CLASS`, `scripts/CLASS`,
 * `hooks/TASK.CLASS[.sh]`, leaves of `files/`, `class/CLASS.var`. Rejects with a `SourceError` where it cannot be read.
 */
export const configSpaceClasses = async (directory: string): Promise<ReadonlySet<string>> => {
  await requireConfigSpace(directory)
  const named = await Promise.all(BY_NAME.map(folder => namesIn(join(directory, folder))))
  const hooks = (await namesIn(join(directory, 'hooks'))).map(hookClass).filter(name => name !== '')
  const variables = (await namesIn(join(directory, 'class'))).flatMap(
    name => /^(.+)\.var$/.exec(name)?.[1] ?? [],
  )
  return new Set([...named.flat(), ...hooks, ...variables, ...(await leavesBelow(join(directory, 'files')))])
}

const leavesBelow = async (folder: string): Promise<readonly string[]> => {
  const entries = await entriesIn(folder)
  const leaves = entries.map(entry =>
    entry.isDirectory() ? leavesBelow(join(folder, entry.name)) : [entry.name],
  )
  return (await Promise.all(leaves)).flat()
}
