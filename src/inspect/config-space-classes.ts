import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SourceError } from '../diagnostic/source-error.ts'

/** Folders of a config space whose entries are named after classes (contract, section 5). */
const BY_NAME = ['disk_config', 'package_config', 'scripts'] as const

/**
 * Names that files of a config space bear, so that a class without a definition is
 * known: `disk_config/CLASS`, `package_config/CLASS`, `scripts/CLASS`,
 * `hooks/TASK.CLASS[.sh]`, leaves of `files/`, `class/CLASS.var`. None without a directory.
 */
export const configSpaceClasses = async (directory: string | undefined): Promise<ReadonlySet<string>> => {
  if (directory === undefined) return new Set()
  const path = directory.replace(/^file:\/\//, '')
  try {
    await readdir(path)
  } catch (cause) {
    throw new SourceError('the config space cannot be read', { kind: 'file', path }, { cause })
  }
  const named = await Promise.all(BY_NAME.map(folder => namesIn(join(path, folder))))
  const hooks = (await namesIn(join(path, 'hooks'))).flatMap(name => name.split('.')[1] ?? [])
  const variables = (await namesIn(join(path, 'class'))).flatMap(name => /^(.+)\.var$/.exec(name)?.[1] ?? [])
  return new Set([...named.flat(), ...hooks, ...variables, ...(await leavesBelow(join(path, 'files')))])
}

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder)
  } catch {
    return []
  }
}

const leavesBelow = async (folder: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries.filter(entry => !entry.isDirectory()).map(({ name }) => basename(name))
  } catch {
    return []
  }
}
