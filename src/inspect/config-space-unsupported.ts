import { join } from 'node:path'
import { type Diagnostic, warningAt } from '../diagnostic/diagnostic.ts'
import { namesIn } from './folder.ts'

/** What FAI reads by class and this program does not yet: folder, whether a name in it belongs to a class, words for people. */
const UNSUPPORTED: readonly {
  folder: string
  belongs: (name: string, className: string) => boolean
  what: string
}[] = [
  { folder: 'class', belongs: (name, of) => name === `${of}.var`, what: 'variables of a config space are' },
  // Any of them may give classes to any host.
  { folder: 'class', belongs: name => isClassScript(name), what: 'class scripts are' },
  { folder: 'hooks', belongs: (name, of) => hookClass(name) === of, what: 'hooks are' },
  { folder: 'debconf', belongs: (name, of) => name === of, what: 'debconf answers are' },
  { folder: 'tests', belongs: (name, of) => name === of, what: 'tests are' },
  { folder: 'pkgs', belongs: (name, of) => name === of, what: 'local packages are' },
]

/** The warning `config-space-unsupported` for each file that FAI would read for one of the classes and we do not. */
export const findUnsupported = async (
  directory: string,
  classes: readonly string[],
): Promise<readonly Diagnostic[]> => {
  const found = await Promise.all(
    UNSUPPORTED.map(async ({ folder, belongs, what }) => {
      const names = await namesIn(join(directory, folder))
      const ours = names.filter(name => classes.some(className => belongs(name, className)))
      return ours.map(name => {
        const path = join(directory, folder, name)
        return warningAt('config-space-unsupported', `${what} not read yet`, { kind: 'file', path })
      })
    }),
  )
  return found.flat()
}

/** Whether FAI would run it to find classes (fai-semantics.md, section 1.3). */
const isClassScript = (name: string): boolean => /^[0-9][0-9]/.test(name) && !/(~|\.bak)$/.test(name)

/** The class of `TASK.CLASS` or `TASK.CLASS.sh`; a host class may hold dots. */
export const hookClass = (name: string): string => name.replace(/\.sh$/, '').split('.').slice(1).join('.')
