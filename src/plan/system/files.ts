import type { Diagnostic, Outcome } from '../../diagnostic/diagnostic.ts'
import { hasErrors } from '../../diagnostic/diagnostic.ts'
import { type FileMode, parseFileModes } from '../../language/file-modes.ts'
import type { Template } from '../../model/config-space.ts'
import type { Step } from '../step.ts'
import { systemStep } from './system-step.ts'

/** Copied in task `repository`, so that packages come from the archives that it names. */
const isRepositoryFile = (path: string): boolean =>
  path === '/etc/resolv.conf' || path === '/etc/hosts' || path.startsWith('/etc/apt/')

/**
 * One step of task `repository` for each template of how archives are reached. All others are copied where a script calls
 * `fcopy`, as in FAI. Pure.
 *
 *     file-modes has a line for the class or for all   executable   owner, group, mode
 *     yes                                                           as the line says
 *     no                                               yes          root, root, 0755
 *     no                                               no           root, root, 0644
 */
export const planFiles = (templates: readonly Template[]): Outcome<readonly Step[]> => {
  const diagnostics: Diagnostic[] = []
  const value = templates
    .filter(({ targetPath }) => isRepositoryFile(targetPath))
    .map(template => {
      const { path, targetPath, class: name } = template
      const mode = modeOf(template)
      diagnostics.push(...mode.diagnostics)
      const because = [{ class: name, origin: { kind: 'file', path } as const }]
      const action = { kind: 'copy-file', from: path, to: targetPath, ...mode.value } as const
      return systemStep('repository', `file.${targetPath}`, `copy ${targetPath}`, action, because)
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
