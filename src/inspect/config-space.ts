import { join } from 'node:path'
import type { Diagnostic, Outcome } from '../diagnostic/diagnostic.ts'
import type { ClassFile, ConfigSpace } from '../model/config-space.ts'
import { readScripts } from './config-space-scripts.ts'
import { readTemplates } from './config-space-templates.ts'
import { findUnsupported } from './config-space-unsupported.ts'
import { isFile, readText, requireConfigSpace } from './folder.ts'

/**
 * Reads what the classes (lowest priority first) would take from a config space. What FAI would read there
 * and this program does not yet is a warning; a directory that is not there rejects with a `SourceError`.
 */
export const readConfigSpace = async (
  directory: string,
  classes: readonly string[],
): Promise<Outcome<ConfigSpace>> => {
  await requireConfigSpace(directory)
  const diagnostics: Diagnostic[] = []
  const diskConfigs = await readClassFiles(join(directory, 'disk_config'), classes.toReversed())
  const keyrings = await existing(join(directory, 'package_config'), classes, '.gpg')
  const templates = await readTemplates(join(directory, 'files'), classes)
  const scripts = await readScripts(join(directory, 'scripts'), classes)
  diagnostics.push(...templates.diagnostics, ...scripts.diagnostics)
  diagnostics.push(...(await findUnsupported(directory, classes)))
  const value: ConfigSpace = {
    directory,
    diskConfig: diskConfigs[0],
    packageConfigs: await readClassFiles(join(directory, 'package_config'), classes),
    keyrings,
    templates: templates.value ?? [],
    scripts: scripts.value ?? [],
  }
  return { value, diagnostics }
}

/** The files of a folder that bear the name of a class, in the order of the classes. */
const readClassFiles = async (folder: string, classes: readonly string[]): Promise<readonly ClassFile[]> => {
  const files = await existing(folder, classes, '')
  return Promise.all(files.map(async file => ({ ...file, text: await readText(file.path) })))
}

const existing = async (
  folder: string,
  classes: readonly string[],
  suffix: string,
): Promise<readonly { class: string; path: string }[]> => {
  const found = await Promise.all(
    classes.map(async name => {
      const path = join(folder, name + suffix)
      return (await isFile(path)) ? [{ class: name, path }] : []
    }),
  )
  return found.flat()
}
