import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Diagnostic, errorAt, type Outcome } from '../diagnostic/diagnostic.ts'
import type { ConfigSpace } from '../model/config-space.ts'
import { findClassFiles, findLocalPackages, readClassFiles } from './class-files.ts'
import { readScripts } from './config-space-scripts.ts'
import { readTemplates } from './config-space-templates.ts'
import { findUnsupported } from './config-space-unsupported.ts'
import { requireDirectory } from './folder.ts'

/**
 * The directory that `--config-space` names: a path, or a `file://` URI. Other kinds of URI are
 * `config-space-unsupported`.
 */
export const parseConfigSpaceUri = (text: string, cwd: string): Outcome<string> => {
  if (/^file:\/\/\//.test(text)) return { value: resolve(fileURLToPath(text)), diagnostics: [] }
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) {
    return { value: isAbsolute(text) ? resolve(text) : resolve(cwd, text), diagnostics: [] }
  }
  const message = `"${text}" is not a directory or a file:/// URI; other kinds are not supported yet`
  const origin = { kind: 'option', option: '--config-space' } as const
  return { value: undefined, diagnostics: [errorAt('config-space-unsupported', message, origin)] }
}

/**
 * Reads what the classes (lowest priority first) would take from a config space. What FAI would read there
 * and this program does not yet is a warning; a directory that is not there rejects with a `SourceError`.
 */
export const readConfigSpace = async (
  directory: string,
  classes: readonly string[],
): Promise<Outcome<ConfigSpace>> => {
  await requireDirectory(directory)
  const diagnostics: Diagnostic[] = []
  const diskConfigs = await readClassFiles(join(directory, 'disk_config'), classes.toReversed())
  const keyrings = await findClassFiles(join(directory, 'package_config'), classes, ['.gpg', '.asc'])
  const templates = await readTemplates(join(directory, 'files'), classes)
  const scripts = await readScripts(join(directory, 'scripts'), classes)
  diagnostics.push(...templates.diagnostics, ...scripts.diagnostics)
  diagnostics.push(...(await findUnsupported(directory, classes)))
  const value: ConfigSpace = {
    directory,
    diskConfig: diskConfigs[0],
    packageConfigs: await readClassFiles(join(directory, 'package_config'), classes),
    keyrings,
    localPackages: await findLocalPackages(join(directory, 'pkgs'), classes),
    templates: templates.value ?? [],
    scripts: scripts.value ?? [],
  }
  return { value, diagnostics }
}
