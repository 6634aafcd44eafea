import type { Catalog } from '../../model/catalog.ts'
import type { ClassLists } from '../../model/class-lists.ts'
import type { HistoryStanding, ListHistory } from '../../model/list-history.ts'
import type { Report } from '../transaction.ts'

/** What the API answers from. */
export type ApiOptions = {
  readonly lists: ClassLists
  /** All definitions, as they are now. */
  readonly catalog: () => Catalog
  /** The object of `lookup --format json`. */
  readonly explain: (host: string, signal: AbortSignal) => Promise<object>
  /** The object of `diff --format json` were this text in the place of a source of files; undefined where there is no such source. */
  readonly whatIf: (source: string, text: string, signal: AbortSignal) => Promise<object | undefined>
  /** Undefined where none is kept. */
  readonly history: (ListHistory & { readonly standing: () => HistoryStanding }) | undefined
  /** The text of `/metrics`. */
  readonly metrics: () => Promise<string>
  readonly report: Report
  readonly now: () => number
}
