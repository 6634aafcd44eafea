import { join } from 'node:path'
import { type Diagnostic, warningAt } from '../diagnostic/diagnostic.ts'
import { namesIn } from './folder.ts'

/** What is not executed where an installation would. */
export type LeftOut = {
  /** Class scripts and `.var` files. */
  readonly classFiles: boolean
  /** The tasks of the action. */
  readonly hooksOf: readonly string[]
}

/** What FAI executes before and around its tasks: whether a name belongs to a class, what it may change. */
const CLASS_FILES: readonly Executed[] = [
  // Any of them may give classes to any host.
  {
    belongs: name => isClassScript(name),
    what: 'a class script may add classes, which --fact adds here',
  },
  { belongs: (name, of) => name === `${of}.var`, what: 'the file may set variables' },
]

type Executed = {
  readonly belongs: (name: string, className: string) => boolean
  readonly what: string
}

/**
 * The warning `plan-incomplete` for each file that an installation of these classes executes and a plan does not: what it
 * says is not known before.
 */
export const findExecuted = async (
  directory: string,
  classes: readonly string[],
  { classFiles, hooksOf }: LeftOut,
): Promise<readonly Diagnostic[]> => {
  const hook: Executed = {
    belongs: (name, of) => hookClass(name) === of && hooksOf.includes(hookTask(name)),
    what: 'a hook may change or skip its task',
  }
  const groups = [
    { folder: join(directory, 'class'), executed: classFiles ? CLASS_FILES : [] },
    { folder: join(directory, 'hooks'), executed: [hook] },
  ]
  const found = await Promise.all(
    groups.map(async ({ folder, executed }) => {
      const names = await namesIn(folder)
      return executed.flatMap(({ belongs, what }) =>
        names
          .filter(name => classes.some(className => belongs(name, className)))
          .map(name => warningAt('plan-incomplete', what, { kind: 'file', path: join(folder, name) })),
      )
    }),
  )
  return found.flat()
}

/** Whether FAI would run it to find classes (fai-semantics.md, section 1.3). */
const isClassScript = (name: string): boolean => /^[0-9][0-9]/.test(name) && !/(~|\.bak)$/.test(name)

/** The class of `TASK.CLASS` or `TASK.CLASS.sh`; a host class may hold dots. */
export const hookClass = (name: string): string => name.replace(/\.sh$/, '').split('.').slice(1).join('.')

const hookTask = (name: string): string => name.slice(0, name.indexOf('.'))
