import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoragePlan, StorageStep } from '../../plan/disk/storage-plan.ts'
import { RefusedError } from '../apply-error.ts'

/**
 * What a run of `disks apply` wrote down before and after each step, so that a run that was killed can be finished:
 *
 *     first line    {"format":1,"configuration":…,"plan":…}
 *     before a step {"begin":"ID","before":"…"}    what was on its device, for people
 *     after it      {"done":"ID"}
 *     at the end    {"finished":true}
 *
 * Each line is on the disk before the next thing is done. A line that is cut off was never acted upon.
 */
export type Journal = {
  /** What the plan was made from; another configuration cannot finish it. */
  readonly configuration: string
  /** Passphrases are numbers in it, `{"secret":"#0"}`. */
  readonly plan: StoragePlan
  readonly begun: ReadonlySet<string>
  readonly done: ReadonlySet<string>
  readonly isFinished: boolean
}

/** Its name in the log directory. */
export const JOURNAL = 'disks.journal'

/** Reads the journal of a log directory; undefined where there is none, or one that was killed before its first line. */
export const readJournal = async (logDirectory: string): Promise<Journal | undefined> => {
  const text = await readFile(join(logDirectory, JOURNAL), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const lines = text.split('\n').slice(0, -1)
  if (lines.length === 0) return undefined
  const [first, ...entries] = lines.map((line, index) => parseLine(line, logDirectory, index + 1)) as [
    Pick<Journal, 'configuration' | 'plan'>,
    ...Entry[],
  ]
  const { configuration, plan } = first
  return {
    configuration,
    plan,
    begun: new Set(entries.flatMap(entry => ('begin' in entry ? entry.begin : []))),
    done: new Set(entries.flatMap(entry => ('done' in entry ? entry.done : []))),
    isFinished: entries.some(entry => 'finished' in entry),
  }
}

const parseLine = (line: string, logDirectory: string, number: number): unknown => {
  try {
    return JSON.parse(line)
  } catch (cause) {
    const path = join(logDirectory, JOURNAL)
    throw new RefusedError(
      `${path}:${number}: a line of the journal was changed by somebody, so nobody knows what the run before has done; look at the disks, and remove the file to plan anew`,
      { cause },
    )
  }
}

type Entry =
  | { readonly begin: string; readonly before: string }
  | { readonly done: string }
  | { readonly finished: true }

/** Writes a journal. Every method resolves once its line is on the disk. */
export type JournalWriter = {
  readonly begin: (step: StorageStep, before: string) => Promise<void>
  readonly done: (step: StorageStep) => Promise<void>
  readonly finish: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Starts a journal; one that is there must have been finished, and is kept beside the new one. */
export const startJournal = async (
  logDirectory: string,
  { configuration, plan }: Pick<Journal, 'configuration' | 'plan'>,
): Promise<JournalWriter> => {
  const path = join(logDirectory, JOURNAL)
  await rename(path, `${path}.old`).catch(() => undefined)
  const part = `${path}.part`
  const file = await open(part, 'w', 0o600)
  await file.writeFile(`${JSON.stringify({ format: 1, configuration, plan })}\n`)
  await file.sync()
  await file.close()
  await rename(part, path)
  await syncDirectory(logDirectory)
  return continueJournal(logDirectory)
}

/** Goes on with the journal that is there. */
export const continueJournal = async (logDirectory: string): Promise<JournalWriter> => {
  const path = join(logDirectory, JOURNAL)
  await dropTornLine(path)
  const file = await open(path, 'a', 0o600)
  // One after the other, and none after one that failed: it may have left half a line.
  let last = Promise.resolve()
  const append = (entry: Entry): Promise<void> => {
    last = last.then(async () => {
      await file.appendFile(`${JSON.stringify(entry)}\n`)
      await file.datasync()
    })
    return last
  }
  return {
    begin: ({ id }, before) => append({ begin: id, before }),
    done: ({ id }) => append({ done: id }),
    finish: () => append({ finished: true }),
    close: () => file.close(),
  }
}

/** A line that was cut off would spoil the one that is appended to it. */
const dropTornLine = async (path: string): Promise<void> => {
  const bytes = await readFile(path)
  const end = bytes.lastIndexOf('\n') + 1
  if (end === bytes.length) return
  const file = await open(path, 'r+')
  await file.truncate(end)
  await closeSynced(file)
}

const syncDirectory = async (path: string): Promise<void> => closeSynced(await open(path, 'r'))

const closeSynced = async (file: FileHandle): Promise<void> => {
  await file.sync()
  await file.close()
}
