import { errorAt, type Origin, type Outcome } from '../diagnostic/diagnostic.ts'

/** Owner, group and permissions of a file in the target. */
export type FileMode = { readonly owner: string; readonly group: string; readonly mode: number }

const LINE = /^(\S+)\s+(\S+)\s+([0-7]{1,5})(?:\s+(\S+).*)?$/

/**
 * Reads a `file-modes` of FAI: lines `owner group mode [CLASS]`, where the line of the class goes before the one without a
 * class; undefined where neither is there. A line that does not parse is `file-modes-invalid`. Pure.
 */
export const parseFileModes = (text: string, path: string, className: string): Outcome<FileMode> => {
  let general: FileMode | undefined
  let own: FileMode | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.replace(/#.*/, '').trim()
    if (content === '') continue
    const match = LINE.exec(content)
    if (match === null) {
      const origin: Origin = { kind: 'file', path, line: index + 1 }
      const message = `"${content}" is not "owner group mode [CLASS]" with an octal mode`
      return { value: undefined, diagnostics: [errorAt('file-modes-invalid', message, origin)] }
    }
    const [, owner = '', group = '', mode = '', of] = match
    const value: FileMode = { owner, group, mode: Number.parseInt(mode, 8) & 0o7777 }
    if (of === className) own ??= value
    if (of === undefined) general = value
  }
  return { value: own ?? general, diagnostics: [] }
}
