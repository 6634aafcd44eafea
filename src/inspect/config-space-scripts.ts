import { join } from 'node:path'
import { type Diagnostic, type Outcome, warningAt } from '../diagnostic/diagnostic.ts'
import type { Script } from '../model/config-space.ts'
import { isDirectory, isExecutable, isFile, namesIn } from './folder.ts'

const LEFT_BEHIND = /(~|\.dpkg-(old|new|inst|tmp|dist))$/

/**
 * The scripts of the classes in the order in which FAI runs them (fai-semantics.md, section 3.3): for each class the
 * executable `CLASS`, or the executables `CLASS/NN*` in the order of their bytes. One that lacks the executable bit
 * is the warning `config-space-ignored`; FAI passes it over in silence.
 */
export const readScripts = async (
  folder: string,
  classes: readonly string[],
): Promise<Outcome<readonly Script[]>> => {
  const value: Script[] = []
  const diagnostics: Diagnostic[] = []
  for (const name of classes) {
    for (const candidate of await candidates(folder, name)) {
      const path = join(folder, candidate)
      if (await isExecutable(path)) value.push({ class: name, name: candidate, path })
      else if (await isFile(path)) {
        const message = 'the script is not executable and is not run'
        diagnostics.push(warningAt('config-space-ignored', message, { kind: 'file', path }))
      }
    }
  }
  return { value, diagnostics }
}

const candidates = async (folder: string, name: string): Promise<readonly string[]> => {
  if (!(await isDirectory(join(folder, name)))) return [name]
  const names = await namesIn(join(folder, name))
  return names
    .filter(each => /^[0-9][0-9]/.test(each) && !LEFT_BEHIND.test(each))
    .map(each => `${name}/${each}`)
}
