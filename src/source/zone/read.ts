import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { type Diagnostic, errorAt, hasErrors, type Origin } from '../../diagnostic/diagnostic.ts'
import { SourceError } from '../../diagnostic/source-error.ts'
import { type ParsedZoneFile, parseZoneFile, type ZoneRecord, type ZoneStart } from './parse.ts'
import { buildZone, type Zone } from './zone.ts'

/** A zone that was read; its records are not to be used where `diagnostics` hold an error. */
export type ReadZone = { readonly zone: Zone; readonly diagnostics: readonly Diagnostic[] }

/** One that was read from a master file, and from those that it includes. */
export type ZoneOfFiles = ReadZone & { readonly paths: readonly string[] }

/**
 * Reads a master file and what it includes. File names of `$INCLUDE` are relative
 * to the file that they stand in. Faulty text becomes diagnostics; a file that
 * cannot be read rejects with a `SourceError` that names it.
 */
export const readZone = async (apex: string, path: string, signal: AbortSignal): Promise<ZoneOfFiles> => {
  const found: Found = { paths: [], records: [], diagnostics: [] }
  await readInto(found, { path, origin: apex }, [], { kind: 'file', path }, signal)
  return { ...toReadZone(apex, path, found), paths: found.paths }
}

/**
 * Reads a master file that somebody sends; diagnostics call it `name`. `$INCLUDE` is an error: by what is wrong with a file of ours
 * they could read it. Pure.
 */
export const readSentZone = (apex: string, name: string, text: string): ReadZone => {
  const start = { path: name, origin: apex }
  const { records, includes, diagnostics } = parseZoneFile(Buffer.from(text).toString('latin1'), start)
  const refused = includes.map(({ file, line, column }) =>
    errorAt('zone-syntax', `$INCLUDE of ${file}: a zone that is sent includes no file`, {
      kind: 'file',
      path: name,
      line,
      column,
    }),
  )
  return toReadZone(apex, name, { records, diagnostics: [...diagnostics, ...refused] })
}

const toReadZone = (
  apex: string,
  path: string,
  { records, diagnostics: ofRecords }: Pick<ParsedZoneFile, 'records' | 'diagnostics'>,
): ReadZone => {
  // What concerns several records is worth saying only once each of them could be read.
  const { zone, diagnostics } = buildZone(apex, path, records)
  return { zone, diagnostics: hasErrors(ofRecords) ? ofRecords : [...ofRecords, ...diagnostics] }
}

const MAX_INCLUDES = 32
/** Of one zone: files that include each other often enough would else be read for ever. */
const MAX_FILES = 1_000

type Found = {
  readonly paths: string[]
  readonly records: ZoneRecord[]
  readonly diagnostics: Diagnostic[]
}

const readInto = async (
  found: Found,
  start: ZoneStart,
  openFiles: readonly string[],
  askedBy: Origin,
  signal: AbortSignal,
): Promise<void> => {
  const absolute = resolve(start.path)
  if (openFiles.includes(absolute)) {
    found.diagnostics.push(errorAt('zone-syntax', `$INCLUDE of ${start.path} goes in a circle`, askedBy))
    return
  }
  if (openFiles.length >= MAX_INCLUDES) {
    found.diagnostics.push(errorAt('zone-syntax', `$INCLUDE is nested deeper than ${MAX_INCLUDES}`, askedBy))
    return
  }
  found.paths.push(start.path)
  if (found.paths.length > MAX_FILES) {
    if (found.paths.length === MAX_FILES + 1)
      found.diagnostics.push(
        errorAt('zone-syntax', `$INCLUDE asks for more than ${MAX_FILES} files`, askedBy),
      )
    return
  }
  const text = await readText(start.path, askedBy, signal)
  const { records, includes, diagnostics } = parseZoneFile(text, start)
  for (const record of records) found.records.push(record)
  for (const diagnostic of diagnostics) found.diagnostics.push(diagnostic)
  for (const { file, origin, ttlSeconds, line, column } of includes) {
    const path = isAbsolute(file) ? file : join(dirname(start.path), file)
    const place = { kind: 'file', path: start.path, line, column } as const
    await readInto(found, { path, origin, ttlSeconds }, [...openFiles, absolute], place, signal)
  }
}

/** One character for each octet, so that character-strings keep their bytes. */
const readText = async (path: string, askedBy: Origin, signal: AbortSignal): Promise<string> => {
  try {
    return await readFile(path, { encoding: 'latin1', signal })
  } catch (cause) {
    signal.throwIfAborted()
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'error'
    throw new SourceError(`cannot read zone file ${path}: ${code}`, askedBy, { cause })
  }
}
