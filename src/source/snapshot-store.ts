import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One answer as it was when the source gave it. */
export type HeldAnswer = {
  readonly savedAtMs: number
  /** Of the zone, where the source had one. */
  readonly serial?: number | undefined
  readonly answer: unknown
}

/** What the store has for a question; `damaged` is a file that is not what was written. */
export type StoredAnswer =
  | ({ readonly kind: 'held' } & HeldAnswer)
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly path: string; readonly reason: string }

/** Answers of one source, by question, on disk. */
export type SnapshotStore = {
  readonly read: (question: string) => Promise<StoredAnswer>
  readonly write: (question: string, held: HeldAnswer) => Promise<void>
  /** Removes what was saved longer than `maxAgeMs` before now. Looks at the files once in a tenth of that time. */
  readonly sweep: (nowMs: number, maxAgeMs: number) => Promise<void>
}

/** Where the last good state is kept, and how old it may be. */
export type SnapshotOptions = {
  readonly store: SnapshotStore
  readonly maxAgeMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Other forms of these files, in time, have folders of their own. */
const FORMAT = 2

/**
 * A store below `directory` (made with mode 0700) for one source configuration: another
 * configuration has other answers. One file for each question, renamed into place,
 * so that a reader sees an old answer or a new one and nothing between. A file is
 *
 *     sha256 of the rest in hexadecimal LF
 *     { "question": …, "savedAtMs": …, "serial": …, "answer": … }
 *
 * so that one which was cut or changed is known for it. Its mtime is `savedAtMs`.
 */
export const snapshotStore = (directory: string, configuration: unknown): SnapshotStore => {
  const folder = join(directory, shortDigest(JSON.stringify([FORMAT, configuration])))
  const fileOf = (question: string): string => join(folder, shortDigest(question))
  return {
    read: async question => {
      const path = fileOf(question)
      try {
        return parseStored(await readFile(path, 'utf8'), path)
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'none' }
        return { kind: 'damaged', path, reason: error instanceof Error ? error.message : String(error) }
      }
    },
    write: async (question, held) => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await chmod(directory, 0o700)
      const body = JSON.stringify({ question, ...held })
      const part = `${fileOf(question)}.${randomBytes(6).toString('hex')}.part`
      await writeFile(part, `${digest(body)}\n${body}`, { mode: 0o600, flush: true })
      await setTime(part, held.savedAtMs)
      await rename(part, fileOf(question))
    },
    sweep: async (nowMs, maxAgeMs) => {
      const mark = join(folder, 'swept')
      const sweptAtMs = await timeOf(mark)
      if (sweptAtMs !== undefined && Math.abs(nowMs - sweptAtMs) < maxAgeMs / 10) return
      await writeFile(mark, '', { mode: 0o600 })
      await setTime(mark, nowMs)
      for (const name of await readdir(folder)) {
        const path = join(folder, name)
        // Another command may have removed it meanwhile.
        if (nowMs - ((await timeOf(path)) ?? nowMs) > maxAgeMs) await rm(path, { force: true })
      }
    },
  }
}

const parseStored = (text: string, path: string): StoredAnswer => {
  const end = text.indexOf('\n')
  const body = text.slice(end + 1)
  return end >= 0 && text.slice(0, end) === digest(body)
    ? { kind: 'held', ...(JSON.parse(body) as HeldAnswer) }
    : { kind: 'damaged', path, reason: 'it is not what was written' }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

const shortDigest = (text: string): string => digest(text).slice(0, 40)

const setTime = (path: string, timeMs: number): Promise<void> => utimes(path, timeMs / 1000, timeMs / 1000)

const timeOf = async (path: string): Promise<number | undefined> =>
  (await stat(path).catch(() => undefined))?.mtimeMs
