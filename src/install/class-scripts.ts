import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isExecutable, isFile, namesIn } from '../inspect/folder.ts'
import { type ClassName, parseClassName } from '../model/class-name.ts'
import type { ScriptRun } from './run.ts'
import { type FileKind, runFile } from './run-file.ts'

/**
 * Runs the class scripts of the config space as fai-class does (fai-semantics.md, section 1) and gives the classes that
 * they name, in FAI's order, each once:
 *
 *     source                          class is
 *     executable class/NN*            each word that it prints
 *     executable class/NN*.sh         each word of $newclasses after it was read by the shell
 *     LOGDIR/additional-classes       each word; the file is gone then
 *     class/HOSTNAME                  each word
 *
 * A comment ends with its line, words are split at white space and nothing else is done to them: where FAI expands
 * patterns or drops everything behind a first comment, this does not. A word that is no class name is told and left out.
 */
export const runClassScripts = async (run: ScriptRun): Promise<readonly ClassName[]> => {
  const folder = join(run.configSpace, 'class')
  const found: ClassName[] = []
  // What they set is seen by the next one, and by nobody else.
  const shell = run.shell.copy()
  shell.set({ PATH: `.:${shell.variables.get('PATH') ?? ''}` })
  const add = (text: string, where: string): void => {
    for (const word of classWords(text)) {
      const name = parseClassName(word)
      if (name === undefined) run.reporter.complain(`${where}: "${word}" is no class name and is left out`)
      else if (!found.includes(name)) found.push(name)
    }
  }
  for (const { name, how } of await readClassScripts(folder, run)) {
    shell.set({ classes: ['DEFAULT', ...found].join('\n'), newclasses: '' })
    const path = join(folder, name)
    const { stdout } = await runFile({ task: 'defclass', kind: 'class-script', name, path }, how, run, {
      shell,
      cwd: folder,
    })
    add(how === 'sourced' ? (shell.variables.get('newclasses') ?? '') : stdout, path)
  }
  const additional = join(run.logDirectory, 'additional-classes')
  for (const path of [additional, join(folder, run.shell.variables.get('HOSTNAME') ?? '')]) {
    if (await isFile(path)) add(await readFile(path, 'utf8'), path)
  }
  await rm(additional, { force: true })
  return found
}

/** The words of a text, without what stands behind a `#` at the begin of a word. Pure. */
const classWords = (text: string): readonly string[] =>
  text.split(/\r?\n/).flatMap(line =>
    line
      .replace(/(^|\s)#.*$/, '')
      .split(/\s+/)
      .filter(word => word !== ''),
  )

type ClassScript = { readonly name: string; readonly how: FileKind }

/** The class scripts of a folder, in the order of the bytes of their names; what is left out for a reason is told. */
const readClassScripts = async (folder: string, { reporter }: ScriptRun): Promise<readonly ClassScript[]> => {
  const scripts: ClassScript[] = []
  for (const name of await namesIn(folder)) {
    const path = join(folder, name)
    if (!/^[0-9][0-9]/.test(name) || /(~|\.bak)$/.test(name) || !(await isFile(path))) continue
    const fault = (await isExecutable(path)) ? faultOf(name) : 'is not executable'
    if (fault !== undefined) reporter.complain(`${path}: the class script ${fault} and is not run`)
    else scripts.push({ name, how: name.endsWith('.sh') ? 'sourced' : 'executed' })
  }
  return scripts
}

const faultOf = (name: string): string | undefined => {
  if (name.endsWith('.source')) return 'has the old ending ".source" instead of ".sh"'
  return /\s/.test(name) ? 'has a blank in its name' : undefined
}
