import { readFile } from 'node:fs/promises'
import { SourceError } from '../../diagnostic/source-error.ts'
import type { Source } from '../source.ts'
import type { DialectName } from './dialect.ts'
import { DIALECTS } from './dialects.ts'
import { memoryDirectory } from './directory-memory.ts'
import { directorySource, type Opened } from './directory-source.ts'
import { isBelow, parseDn } from './dn.ts'
import { parseLdif } from './ldif.ts'

/** What an LDIF source is configured with. */
export type LdifSourceOptions = {
  /** Search base; entries elsewhere in the file are left aside. */
  readonly base: string
  readonly path: string
  /** How the directory says what it says; `faiClasses` where it is left out. */
  readonly dialect?: DialectName | undefined
  /** The path as it was configured, for people; `path` where it is left out. */
  readonly name?: string
}

/** A file of entries as a source, read once (RFC 2849; contract, section 2.3). */
export const ldifSource = ({
  base,
  path,
  dialect = 'faiClasses',
  name = path,
}: LdifSourceOptions): Source => {
  let opened: Promise<Opened> | undefined
  return directorySource(
    `ldif ${name}`,
    'file',
    () => {
      opened ??= openLdif(base, path)
      return opened
    },
    async () => {},
    DIALECTS[dialect],
  )
}

const openLdif = async (base: string, path: string): Promise<Opened> => {
  const parsedBase = parseDn(base)
  const fail = (message: string, cause?: unknown): SourceError =>
    new SourceError(message, { kind: 'file', path }, { cause })
  if (!parsedBase.ok) throw fail(`base "${base}" is not a DN; it fails at character ${parsedBase.offset + 1}`)
  const bytes = await readFile(path).catch(cause => {
    throw fail(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  })
  const { value: entries, diagnostics } = parseLdif(bytes, path)
  if (entries === undefined) return { ok: false, diagnostics }
  if (!entries.some(({ dn }) => isBelow(dn, parsedBase.dn)))
    throw fail(`holds no entry at or below the base "${base}"`)
  return { ok: true, base: parsedBase.dn, directory: memoryDirectory(entries, parsedBase.dn) }
}
