import { type Diagnostic, hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { Template } from '../../model/config-space.ts'
import type { Step } from '../step.ts'
import type { Task } from '../task.ts'
import { type FileMode, parseFileModes } from './file-modes.ts'
import { systemStep } from './system-step.ts'

/**
 * One step for each template: what is below `files/etc/apt` in task `repository`, so that packages come from the archives
 * it names, the rest in task `configure` before the scripts. Pure.
 *
 *     file-modes has a line for the class or for all   executable   owner, group, mode
 *     yes                                                           as the line says
 *     no                                               yes          root, root, 0755
 *     no                                               no           root, root, 0644
 */
export const planFiles = (templates: readonly Template[]): Outcome<readonly Step[]> => {
  const diagnostics: Diagnostic[] = []
  const value = templates.map(template => {
    const { path, targetPath, class: name } = template
    const mode = modeOf(template)
    diagnostics.push(...mode.diagnostics)
    const task: Task = targetPath.startsWith('/etc/apt/') ? 'repository' : 'configure'
    const because = [{ class: name, origin: { kind: 'file', path } as const }]
    const action = { kind: 'copy-file', from: path, to: targetPath, ...mode.value } as const
    return systemStep(task, `file.${targetPath}`, `copy ${targetPath}`, action, because)
  })
  return { value: hasErrors(diagnostics) ? undefined : value, diagnostics }
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
