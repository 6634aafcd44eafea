import { join } from 'node:path'
import { type History, type HistoryOptions, openHistory } from '../history/open-history.ts'
import type { ListChanges } from '../model/class-lists.ts'
import type { ClassName } from '../model/class-name.ts'
import { withFiles } from './site-files.ts'

/** A year, a gibibyte, a clock that stands still, and no pause after a fault. */
export const HISTORY_OPTIONS: HistoryOptions = {
  maxAgeMs: 365 * 24 * 3_600_000,
  maxBytes: 2 ** 30,
  now: () => 0,
  retryMs: 1,
}

/** The words of a text as classes. */
export const toClasses = (text: string): readonly ClassName[] => text.split(' ') as ClassName[]

/** Changes of hosts to lists by one cause; an empty text is a host that is gone. */
export const changesAt = (
  atMs: number,
  lists: Readonly<Record<string, string>>,
  cause: Partial<ListChanges['cause']> = {},
): ListChanges => ({
  cause: { source: 'dns example.test', origins: [], atMs, ...cause },
  changes: Object.entries(lists).map(([name, text]) => ({
    host: { short: name.replace(/\..*/, ''), fqdn: name },
    name,
    before: undefined,
    after: text === '' ? undefined : toClasses(text),
  })),
})

/** Runs `use` with a fresh history and its file, and closes it whatever happened. */
export const withHistory = (
  use: (history: History, path: string) => Promise<void>,
  options: Partial<HistoryOptions> = {},
): Promise<void> =>
  withFiles({}, async directory => {
    const path = join(directory, 'history.db')
    const history = openHistory(path, { ...HISTORY_OPTIONS, ...options })
    try {
      await use(history, path)
    } finally {
      await history.close()
    }
  })
