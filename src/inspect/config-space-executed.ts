import { join } from 'node:path'
import { type Diagnostic, warningAt } from '../diagnostic/diagnostic.ts'
import { namesIn } from './folder.ts'

/** What FAI executes before and around its tasks: folder, whether a name in it belongs to a class, what it may change. */
const EXECUTED: readonly {
  folder: string
  belongs: (name: string, className: string) => boolean
  what: string
}[] = [
  // Any of them may give classes to any host.
  {
    folder: 'class',
    belongs: name => isClassScript(name),
    what: 'a class script may add classes, which --fact adds here',
  },
  { folder: 'class', belongs: (name, of) => name === `${of}.var`, what: 'the file may set variables' },
  {
    folder: 'hooks',
    belongs: (name, of) => hookClass(name) === of,
    what: 'a hook may change or skip its task',
  },
]

/**
 * The warning `plan-incomplete` for each file that an installation of these classes executes and a plan does not: what it
 * says is not known before.
 */
export const findExecuted = async (
  directory: string,
  classes: readonly string[],
): Promise<readonly Diagnostic[]> => {
  const found = await Promise.all(
    EXECUTED.map(async ({ folder, belongs, what }) => {
      const names = await namesIn(join(directory, folder))
      const ours = names.filter(name => classes.some(className => belongs(name, className)))
      return ours.map(name => {
        const path = join(directory, folder, name)
        return warningAt('plan-incomplete', what, { kind: 'file', path })
      })
    }),
  )
  return found.flat()
}

/** Whether FAI would run it to find classes (fai-semantics.md, section 1.3). */
const isClassScript = (name: string): boolean => /^[0-9][0-9]/.test(name) && !/(~|\.bak)$/.test(name)

/** The class of `TASK.CLASS` or `TASK.CLASS.sh`; a host class may hold dots. */
export const hookClass = (name: string): string => name.replace(/\.sh$/, '').split('.').slice(1).join('.')
