import type { TftpLimits } from '../server/tftp/limits.ts'
import type { Generated } from '../server/tftp/open-content.ts'
import { openTftpServer } from '../server/tftp/open-tftp-server.ts'
import { formatTransaction } from '../server/transaction.ts'
import { withFiles } from './site-files.ts'

/** A TFTP server of a test, on a free port. */
export type ServedFiles = {
  readonly root: string
  readonly port: number
  /** The lines of its log so far. */
  readonly log: readonly string[]
  /** Resolves with the line as soon as there are so many. */
  readonly line: (count: number) => Promise<string>
  readonly close: () => Promise<void>
}

/** What may be otherwise than usual. */
export type ServedOptions = {
  readonly limits?: Partial<TftpLimits>
  readonly generated?: Generated
  /** 127.0.0.1 if absent. */
  readonly host?: string
}

/** Serves files for the time of a test. */
export const withTftpServer = (
  files: Readonly<Record<string, string | Buffer>>,
  use: (served: ServedFiles) => Promise<void>,
  { limits = {}, generated = async () => undefined, host = '127.0.0.1' }: ServedOptions = {},
): Promise<void> =>
  withFiles(files, async root => {
    const log: string[] = []
    let onLine = (): void => {}
    const { address, close } = await openTftpServer({
      listen: { host, port: 0 },
      root,
      generated,
      report: transaction => {
        log.push(formatTransaction(transaction))
        onLine()
      },
      limits: { closeMs: 100, ...limits },
    })
    const line = async (count: number): Promise<string> => {
      while (log.length < count) {
        await new Promise<void>(resolve => {
          onLine = resolve
        })
      }
      return log[count - 1] as string
    }
    try {
      await use({ root, port: address.port, log, line, close })
    } finally {
      await close()
    }
  })
