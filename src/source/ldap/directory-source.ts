import type { Diagnostic, Outcome } from '../../diagnostic/diagnostic.ts'
import type { HostName, HostRecord } from '../../model/catalog.ts'
import type { Source, SourceState, WholeSource } from '../source.ts'
import type { Dialect } from './dialect.ts'
import { FAI_CLASSES } from './dialect-fai-classes.ts'
import type { Directory } from './directory.ts'
import { findHostNames } from './directory-names.ts'
import { wholeDirectory } from './directory-whole.ts'
import type { Dn } from './dn.ts'

/** A directory that has been opened, or what is wrong with its data as a whole. */
export type Opened =
  | { readonly ok: true; readonly directory: Directory; readonly base: Dn }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/**
 * A source over a directory in one of the dialects (contract, section 2.2), the
 * same for a live server and for an LDIF. `open` is called before each question;
 * it keeps what it opened.
 */
export const directorySource = (
  name: string,
  whenRead: SourceState['state'],
  open: (signal: AbortSignal) => Promise<Opened>,
  close: () => Promise<void>,
  dialect: Dialect = FAI_CLASSES,
): Source => {
  let state: SourceState['state'] = 'unread'
  const ask = async <T>(
    signal: AbortSignal,
    question: (directory: Directory, base: Dn) => Promise<T>,
    otherwise: (diagnostics: readonly Diagnostic[]) => T,
  ): Promise<T> => {
    signal.throwIfAborted()
    const opened = await open(signal)
    const answer = opened.ok ? await question(opened.directory, opened.base) : otherwise(opened.diagnostics)
    state = whenRead
    return answer
  }
  const source: Source = {
    name,
    describe: () => ({ name, state }),
    findHosts: (query, signal) =>
      ask<Outcome<readonly HostName[]>>(
        signal,
        (directory, base) => findHostNames(directory, base, query, signal, dialect.hosts),
        noValue,
      ),
    readHost: (host, signal) =>
      ask<Outcome<HostRecord>>(
        signal,
        (directory, base) => dialect.readHost(directory, base, host, signal),
        noValue,
      ),
    readClasses: (names, signal) =>
      ask(
        signal,
        directory => dialect.readClasses(directory, names, signal),
        () => [],
      ),
    hasDefinitions: signal =>
      ask(
        signal,
        directory => dialect.hasDefinitions(directory, signal),
        () => undefined,
      ),
    readWhole: signal =>
      ask<Outcome<WholeSource>>(
        signal,
        async (directory, base) => {
          const { value, diagnostics } = await wholeDirectory(directory, base, dialect, signal)
          return { value: { ...value, source }, diagnostics }
        },
        noValue,
      ),
    close,
  }
  return source
}

const noValue = (
  diagnostics: readonly Diagnostic[],
): { value: undefined; diagnostics: readonly Diagnostic[] } => ({
  value: undefined,
  diagnostics,
})
