import { join } from 'node:path'
import type { Diagnostic, Outcome } from '../diagnostic/diagnostic.ts'
import type { ConfigSpace } from '../model/config-space.ts'
import { findClassFiles, findLocalPackages, findNamed, readClassFiles } from './class-files.ts'
import { readScripts } from './config-space-scripts.ts'
import { readTemplates } from './config-space-templates.ts'
import { requireConfigSpace } from './folder.ts'

/**
 * Reads what the classes (lowest priority first) would take from a config space. A directory that
 * is not there rejects with a `SourceError`.
 */
export const readConfigSpace = async (
  directory: string,
  classes: readonly string[],
): Promise<Outcome<ConfigSpace>> => {
  await requireConfigSpace(directory)
  const diagnostics: Diagnostic[] = []
  const diskConfigs = await readClassFiles(join(directory, 'disk_config'), classes.toReversed())
  const keyrings = await findClassFiles(join(directory, 'package_config'), classes, ['.gpg', '.asc'])
  const templates = await readTemplates(join(directory, 'files'), classes)
  const scripts = await readScripts(join(directory, 'scripts'), classes)
  diagnostics.push(...templates.diagnostics, ...scripts.diagnostics)
  const value: ConfigSpace = {
    directory,
    diskConfig: diskConfigs[0],
    packageConfigs: await readClassFiles(join(directory, 'package_config'), classes),
    keyrings,
    debconf: await findNamed(join(directory, 'debconf'), classes),
    localPackages: await findLocalPackages(join(directory, 'pkgs'), classes),
    templates: templates.value ?? [],
    scripts: scripts.value ?? [],
  }
  return { value, diagnostics }
}
