import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { syncDirectory } from '../sync-directory.ts'
import { formatLeaseLine, isKept, parseLeaseLine } from './lease-line.ts'
import type { Lease } from './lease-table.ts'

/** Leases on disk. */
export type LeaseJournal = {
  /**
   * Writes down a lease, which stands in the table already. Resolves once it is on the disk; rejects where it cannot be written,
   * and then it may be there or not.
   */
  readonly append: (lease: Lease) => Promise<void>
  /** Resolves when everything that was appended is written, or was refused. */
  readonly close: () => Promise<void>
}

/** What this needs of a file. */
export type JournalFile = {
  readonly appendFile: (text: string) => Promise<void>
  readonly datasync: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens a file for appending, as `node:fs/promises` does; a test passes one whose disk is full. */
export type OpenJournalFile = (path: string, flags: 'a' | 'w', mode: number) => Promise<JournalFile>

/** What was on disk. */
export type ReadLeases = {
  readonly leases: readonly Lease[]
  /** Numbers of the lines that were cut or changed, and are left out. */
  readonly damaged: readonly number[]
}

/** Lines beside those of the leases that there are, before the file is written anew. */
const MOST_OLD_LINES = 1000
const MODE = 0o600

/**
 * Reads the leases of a file, the last line of each address; none where there is no file. A line whose checksum is wrong is
 * left out: after a crash that is the last one, whose lease nobody was told of.
 */
export const readLeases = async (path: string): Promise<ReadLeases> => {
  const text = await readFile(path, 'latin1').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const leases = new Map<string, Lease>()
  const damaged: number[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue
    const lease = parseLeaseLine(line)
    if (lease === undefined) damaged.push(index + 1)
    else leases.set(lease.address, lease)
  }
  return { leases: [...leases.values()], damaged }
}

type Waiting = { readonly line: string } & PromiseWithResolvers<void>

/**
 * Opens a file of leases and writes it anew, with what `current` gives. What is appended while the disk is busy is
 * written together and synced once. After a failure nobody knows what is in the file, so the next one that is
 * appended has all of it written anew. Rejects where the file cannot be written.
 */
export const openLeaseJournal = async (
  path: string,
  current: () => Iterable<Lease>,
  openFile: OpenJournalFile = open,
): Promise<LeaseJournal> => {
  await mkdir(dirname(path), { recursive: true })
  let file = await writeAnew(path, current, openFile)
  const waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  const write = async (lines: readonly string[]): Promise<void> => {
    if (file.isDamaged || file.lines > 2 * file.leases + MOST_OLD_LINES) {
      const old = file.handle
      file = await writeAnew(path, current, openFile)
      return old.close()
    }
    // Until it is known to be whole.
    file = { ...file, lines: file.lines + lines.length, isDamaged: true }
    await file.handle.appendFile(`${lines.join('\n')}\n`)
    await file.handle.datasync()
    file = { ...file, isDamaged: false }
  }
  const drain = async (): Promise<void> => {
    // Not before everything that this turn of the event loop has received is there too.
    await turn()
    while (waiting.length > 0) {
      const batch = waiting.splice(0)
      await write(batch.map(({ line }) => line)).then(
        () => batch.forEach(({ resolve }) => void resolve()),
        (cause: Error) => {
          const error = new Error(`leases cannot be written to ${path}: ${cause.message}`, { cause })
          for (const { reject } of batch) reject(error)
        },
      )
    }
    writing = undefined
  }
  return {
    append: lease => {
      const entry = { line: formatLeaseLine(lease), ...Promise.withResolvers<void>() }
      waiting.push(entry)
      writing ??= drain()
      return entry.promise
    },
    close: async () => {
      await writing
      await file.handle.close()
    },
  }
}

type OpenFile = {
  readonly handle: JournalFile
  readonly leases: number
  readonly lines: number
  readonly isDamaged: boolean
}

/** A whole file beside the old one, renamed into its place. */
const writeAnew = async (
  path: string,
  current: () => Iterable<Lease>,
  openFile: OpenJournalFile,
): Promise<OpenFile> => {
  const part = `${path}.part`
  const handle = await openFile(part, 'w', MODE)
  try {
    const lines = [...current()].filter(isKept).map(lease => `${formatLeaseLine(lease)}\n`)
    await handle.appendFile(lines.join(''))
    await handle.datasync()
    await rename(part, path)
    await syncDirectory(dirname(path))
    return { handle, leases: lines.length, lines: lines.length, isDamaged: false }
  } catch (error) {
    await handle.close()
    throw error
  }
}
