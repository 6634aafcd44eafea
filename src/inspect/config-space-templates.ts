import { join, relative } from 'node:path'
import { type Diagnostic, type Outcome, warningAt } from '../diagnostic/diagnostic.ts'
import type { Template } from '../model/config-space.ts'
import { entriesIn, isExecutable, isFile, readText } from './folder.ts'

/** Folders that belong to version control, left aside as by `fcopy`. */
const IGNORED = new Set(['CVS', '.svn', '.arch-ids', '{arch}', '.git'])

/**
 * The templates below `files/`, by target path: a directory without subdirectories is a path of the target, and the
 * file in it that bears the name of the highest class is what will stand there (fai-semantics.md, section 3.1).
 */
export const readTemplates = async (
  folder: string,
  classes: readonly string[],
): Promise<Outcome<readonly Template[]>> => {
  const value: Template[] = []
  const diagnostics: Diagnostic[] = []
  const highestFirst = classes.toReversed()
  const visit = async (directory: string): Promise<void> => {
    const entries = await entriesIn(directory)
    const below = entries.filter(entry => entry.isDirectory() && !IGNORED.has(entry.name))
    const isLeaf = below.length === 0 && directory !== folder
    const chosen = highestFirst.find(name =>
      entries.some(entry => entry.name === name && !entry.isDirectory()),
    )
    if (chosen !== undefined) {
      if (isLeaf) value.push(await readTemplate(folder, directory, chosen))
      else diagnostics.push(shadowed(join(directory, chosen)))
    }
    for (const entry of below) await visit(join(directory, entry.name))
  }
  await visit(folder)
  return { value: value.sort((a, b) => (a.targetPath < b.targetPath ? -1 : 1)), diagnostics }
}

const readTemplate = async (folder: string, directory: string, name: string): Promise<Template> => {
  const path = join(directory, name)
  const modes = join(directory, 'file-modes')
  return {
    class: name,
    path,
    targetPath: `/${relative(folder, directory)}`,
    executable: await isExecutable(path),
    ...((await isFile(modes)) ? { fileModes: { path: modes, text: await readText(modes) } } : {}),
  }
}

const shadowed = (path: string): Diagnostic =>
  warningAt('config-space-ignored', 'a template in a directory that has subdirectories is not copied', {
    kind: 'file',
    path,
  })
