import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One answer as it was when the source gave it. */
export type StoredAnswer = { readonly savedAtMs: number; readonly answer: unknown }

/** Answers of one source, by question, on disk. */
export type SnapshotStore = {
  readonly read: (question: string) => Promise<StoredAnswer | undefined>
  readonly write: (question: string, answer: unknown, savedAtMs: number) => Promise<void>
}

/**
 * A store below `directory` (made with mode 0700) for one source configuration: another
 * configuration has other answers. One file for each question, renamed into place,
 * so that a reader sees an old answer or a new one and nothing between.
 */
export const snapshotStore = (directory: string, configuration: unknown): SnapshotStore => {
  const folder = join(directory, digest(JSON.stringify(configuration)))
  const fileOf = (question: string): string => join(folder, `${digest(question)}.json`)
  return {
    read: async question => {
      try {
        const stored = JSON.parse(await readFile(fileOf(question), 'utf8')) as StoredAnswer & {
          question: string
        }
        return stored.question === question ? stored : undefined
      } catch {
        // Absent or unreadable is the same here: there is no last good state.
        return undefined
      }
    },
    write: async (question, answer, savedAtMs) => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await chmod(directory, 0o700)
      const part = `${fileOf(question)}.${randomBytes(6).toString('hex')}.part`
      await writeFile(part, JSON.stringify({ question, savedAtMs, answer }), { mode: 0o600, flush: true })
      await rename(part, fileOf(question))
    },
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 40)
