import { type Diagnostic, hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { Template } from '../../model/config-space.ts'
import type { Step } from '../step.ts'
import { type FileMode, parseFileModes } from './file-modes.ts'
import { systemStep } from './system-step.ts'

/** What each of the two tasks copies, in `repository` by path in the target. */
export type FileSteps = {
  readonly repository: ReadonlyMap<string, Step>
  readonly configure: readonly Step[]
}

/** Copied in task `repository`, so that packages come from the archives that it names. */
const isRepositoryFile = (path: string): boolean =>
  path === '/etc/resolv.conf' || path === '/etc/hosts' || path.startsWith('/etc/apt/')

/**
 * One step for each template, those of `isRepositoryFile` and the rest, which task `configure` copies before the
 * scripts. Pure.
 *
 *     file-modes has a line for the class or for all   executable   owner, group, mode
 *     yes                                                           as the line says
 *     no                                               yes          root, root, 0755
 *     no                                               no           root, root, 0644
 */
export const planFiles = (templates: readonly Template[]): Outcome<FileSteps> => {
  const diagnostics: Diagnostic[] = []
  const repository = new Map<string, Step>()
  const configure: Step[] = []
  for (const template of templates) {
    const { path, targetPath, class: name } = template
    const mode = modeOf(template)
    diagnostics.push(...mode.diagnostics)
    const task = isRepositoryFile(targetPath) ? 'repository' : 'configure'
    const because = [{ class: name, origin: { kind: 'file', path } as const }]
    const action = { kind: 'copy-file', from: path, to: targetPath, ...mode.value } as const
    const step = systemStep(task, `file.${targetPath}`, `copy ${targetPath}`, action, because)
    if (task === 'repository') repository.set(targetPath, step)
    else configure.push(step)
  }
  return { value: hasErrors(diagnostics) ? undefined : { repository, configure }, diagnostics }
}

const modeOf = ({
  class: name,
  executable,
  fileModes,
}: Template): { value: FileMode; diagnostics: readonly Diagnostic[] } => {
  const plain: FileMode = { owner: 'root', group: 'root', mode: executable ? 0o755 : 0o644 }
  if (fileModes === undefined) return { value: plain, diagnostics: [] }
  const { value, diagnostics } = parseFileModes(fileModes.text, fileModes.path, name)
  return { value: value ?? plain, diagnostics }
}
