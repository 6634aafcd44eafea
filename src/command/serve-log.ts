import { formatTransaction, type Report } from '../server/transaction.ts'
import type { CommandDeps } from './deps.ts'
import { openLinesFile } from './lines-file.ts'

/** Where transactions are told. */
export type ServeLog = { readonly report: Report; readonly close: () => void }

/** One line on stdout for each transaction, and one JSON object in the file of `--events`, with its time. */
export const openServeLog = (
  eventsPath: string | undefined,
  { print, complain, now }: Pick<CommandDeps, 'print' | 'complain' | 'now'>,
): ServeLog => {
  const file = eventsPath === undefined ? undefined : openLinesFile(eventsPath, complain)
  return {
    report: transaction => {
      print(formatTransaction(transaction))
      file?.write(JSON.stringify({ time: new Date(now()).toISOString(), ...transaction }))
    },
    close: () => file?.close(),
  }
}
