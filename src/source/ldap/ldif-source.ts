import { readFile } from 'node:fs/promises'
import type { Outcome } from '../../diagnostic/diagnostic.ts'
import { SourceError } from '../../diagnostic/source-error.ts'
import type { Source } from '../source.ts'
import type { DialectName } from './dialect.ts'
import { DIALECTS } from './dialects.ts'
import { memoryDirectory } from './directory-memory.ts'
import { directorySource, type Opened } from './directory-source.ts'
import { type Dn, isBelow, parseDn } from './dn.ts'
import type { Entry } from './entry.ts'
import { parseLdif } from './ldif.ts'

/** What an LDIF source is configured with. */
export type LdifSourceOptions = {
  /** Search base; entries elsewhere in the file are left aside. */
  readonly base: string
  readonly path: string
  /** What is read in the place of a file; `path` only names it then. */
  readonly sent?: string | undefined
  /** How the directory says what it says; `faiClasses` where it is left out. */
  readonly dialect?: DialectName | undefined
  /** The path as it was configured, for people; `path` where it is left out. */
  readonly name?: string
}

/** A file of entries as a source, read once (RFC 2849; contract, section 2.3). */
export const ldifSource = ({
  base,
  path,
  sent,
  dialect = 'faiClasses',
  name = path,
}: LdifSourceOptions): Source => {
  let opened: Promise<Opened> | undefined
  return directorySource(
    `ldif ${name}`,
    'file',
    () => {
      opened ??= openLdif({ base, path, sent })
      return opened
    },
    async () => {},
    DIALECTS[dialect],
  )
}

/** The entries of a file, and the base that they are read below. */
export type ReadLdif = { readonly entries: readonly Entry[]; readonly base: Dn }

/** Reads an LDIF; rejects with a `SourceError` where it cannot be read, or holds nothing at or below the base. */
export const readLdif = async ({
  base,
  path,
  sent,
}: Pick<LdifSourceOptions, 'base' | 'path' | 'sent'>): Promise<Outcome<ReadLdif>> => {
  const parsedBase = parseDn(base)
  const fail = (message: string, cause?: unknown): SourceError =>
    new SourceError(message, { kind: 'file', path }, { cause })
  if (!parsedBase.ok) throw fail(`base "${base}" is not a DN; it fails at character ${parsedBase.offset + 1}`)
  const read = (): Promise<Buffer> =>
    readFile(path).catch(cause => {
      throw fail(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
    })
  const bytes = sent === undefined ? await read() : Buffer.from(sent)
  const { value: entries, diagnostics } = parseLdif(bytes, path)
  if (entries === undefined) return { value: undefined, diagnostics }
  if (!entries.some(({ dn }) => isBelow(dn, parsedBase.dn)))
    throw fail(`holds no entry at or below the base "${base}"`)
  return { value: { entries, base: parsedBase.dn }, diagnostics }
}

const openLdif = async (options: Pick<LdifSourceOptions, 'base' | 'path' | 'sent'>): Promise<Opened> => {
  const { value, diagnostics } = await readLdif(options)
  return value === undefined
    ? { ok: false, diagnostics }
    : { ok: true, base: value.base, directory: memoryDirectory(value.entries, value.base) }
}
