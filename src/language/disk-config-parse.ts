import { type Diagnostic, errorAt, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts'
import type { CountSteps } from '../model/steps.ts'
import type { DiskConfig } from './disk-config.ts'
import { checkStanzas, type Report } from './disk-config-check.ts'
import { checkContents } from './disk-config-check-content.ts'
import { checkMembers, checkMountPoints } from './disk-config-check-device.ts'
import { type Cursor, comparePlaces, reportSyntax, take } from './disk-config-cursor.ts'
import { type Draft, newDraft, place, toDiskConfig } from './disk-config-draft.ts'
import { parseLine } from './disk-config-line.ts'
import { NO_STANZA, parseStanza, type Stanza, UNKNOWN_STANZA } from './disk-config-stanza.ts'

/**
 * Parses a `disk_config` file (setup-storage.md, sections 2 to 4). Pure. Every fault is reported at its line and column:
 * `disk-config-syntax` where a line is not of the language, `disk-config-invalid` where the file contradicts itself on
 * every machine. What depends on the machine is left to the plan.
 */
export const parseDiskConfig = (text: string, path: string, count?: CountSteps): Outcome<DiskConfig> => {
  count?.(text.length)
  const diagnostics: Diagnostic[] = []
  const draft = newDraft()
  let stanza = NO_STANZA
  for (const [index, line] of text.split('\n').entries()) {
    const content = withoutComment(line)
    if (content.trim() === '') continue
    const cursor: Cursor = { path, line: index + 1, text: content, at: 0, isLost: false, diagnostics, count }
    stanza = readLine(cursor, stanza, draft)
  }
  const config = toDiskConfig(draft)
  const report: Report = (origin, message, related) =>
    diagnostics.push(errorAt('disk-config-invalid', message, origin, related))
  if (draft.stanzas.length === 0 && diagnostics.length === 0)
    report({ kind: 'file', path }, 'no disk is configured')
  checkStanzas(config, draft, report)
  checkContents(config, diagnostics)
  checkMountPoints(config, report)
  checkMembers(config, report)
  diagnostics.sort((left, right) => comparePlaces(left.origin, right.origin))
  return { value: hasErrors(diagnostics) ? undefined : config, diagnostics }
}

/** Reads one line into the draft, and says what the next line stands below. */
const readLine = (cursor: Cursor, stanza: Stanza, draft: Draft): Stanza => {
  if (reportForbidden(cursor)) {
    markFaulty(stanza, draft)
    return /^[ \t]*disk_config/.test(cursor.text) ? UNKNOWN_STANZA : stanza
  }
  if (take(cursor, /disk_config/) !== undefined) {
    const opened = parseStanza(cursor, draft.disks)
    draft.stanzas.push(opened)
    if (opened.disk !== undefined) draft.disks.push(opened.disk)
    if (cursor.isLost) markFaulty(opened, draft)
    return opened
  }
  const line = parseLine(cursor, stanza.kind, stanza.title)
  if (line === undefined) markFaulty(stanza, draft)
  else place(line, stanza, draft, cursor.diagnostics)
  return stanza
}

/** Reports what stands on no line, quoted or not: control characters, and the `;` of the syntax of long ago. */
const reportForbidden = (cursor: Cursor): boolean => {
  const at = cursor.text.search(/[^\P{Cc}\t]|;/u)
  // FAI takes a ";" behind a "#", which is in quotes here.
  if (at < 0 || (cursor.text[at] === ';' && cursor.text.slice(0, at).includes('#'))) return false
  const isOld = cursor.text[at] === ';'
  const wanted = isOld
    ? 'a line of the present syntax, which has no ";",'
    : 'a line without control characters'
  reportSyntax({ ...cursor, text: cursor.text.slice(0, at + 1), at }, wanted)
  return true
}

const markFaulty = ({ kind, disk }: Stanza, draft: Draft): void => {
  if (disk !== undefined) disk.isFaulty = true
  else draft.faulty.add(kind)
}

/** A comment starts at a `#` that no quotes enclose, at the start of the line or behind a blank. */
const withoutComment = (line: string): string => {
  let isQuoted = false
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"') isQuoted = !isQuoted
    else if (line[at] === '#' && !isQuoted && ' \t'.includes(line[at - 1] ?? ' ')) return line.slice(0, at)
  }
  return line
}
