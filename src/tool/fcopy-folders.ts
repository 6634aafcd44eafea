import type { Dirent } from 'node:fs'
import { join } from 'node:path'
import { entriesIn, isDirectory } from '../inspect/folder.ts'
import type { FcopyRun } from './fcopy-copy.ts'
import { toPlainName } from './fcopy-settings.ts'

/**
 * The template directories at and below the sources (`-r`), each once, in the order of their bytes: those that hold
 * something and no directory. A directory of version control counts as absent; a link to a directory counts as one
 * unless links are copied (`-H`), and is not followed.
 */
export const findTemplateFolders = async (
  names: readonly string[],
  run: FcopyRun,
): Promise<readonly string[]> => {
  const found = new Set<string>()
  const visit = async (name: string): Promise<void> => {
    const { below, rest } = await splitEntries(name, run)
    if (below.length === 0 && rest.length > 0) found.add(name)
    const shadowed =
      below.length > 0 && run.highestFirst.find(each => rest.some(entry => entry.name === each))
    if (shadowed)
      run.world.complain(`fcopy: ${name}/${shadowed} is not copied: there are directories beside it`)
    for (const entry of below) if (entry.isDirectory()) await visit(join(name, entry.name))
  }
  for (const name of names) await visit(toPlainName(name).replace(/\/+$/, ''))
  return [...found]
}

const splitEntries = async (
  name: string,
  { settings }: FcopyRun,
): Promise<{ below: readonly Dirent[]; rest: readonly Dirent[] }> => {
  const below: Dirent[] = []
  const rest: Dirent[] = []
  for (const entry of await entriesIn(join(settings.source, name))) {
    const isLink = entry.isSymbolicLink()
    const leadsToFolder = isLink && (await isDirectory(join(settings.source, name, entry.name)))
    const isFolder = entry.isDirectory() || leadsToFolder
    if (isFolder && settings.ignoredFolders.includes(entry.name)) continue
    if (entry.isDirectory() || (leadsToFolder && !settings.copyLinks)) below.push(entry)
    else rest.push(entry)
  }
  return { below, rest }
}
