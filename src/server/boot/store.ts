import { randomBytes } from 'node:crypto'
import { chmod, chown, link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseHostname } from '../../model/host-query.ts'
import { syncDirectory } from '../sync-directory.ts'
import { formatBootRecord, parseBootRecord } from './record.ts'
import { type BootRecord, NEVER_ARMED } from './state.ts'

/** What is stored of the boot of a host cannot be read or written; `message` names the file. */
export class BootStoreError extends Error {
  override readonly name = 'BootStoreError'
}

/** What a change makes of a record, and what is to be told of it. Nothing is written for the same record. */
export type Change<T> = (record: BootRecord) => { readonly record: BootRecord; readonly answer: T }

/** One host of a list, with its record or with what is wrong with it. */
export type Listed = { readonly host: string } & (
  | { readonly record: BootRecord }
  | { readonly error: BootStoreError }
)

/** The state of each host's boot, on disk, for several processes. Every function rejects with a `BootStoreError`. */
export type BootStore = {
  /** What is stored of a host; `NEVER_ARMED` where nothing is. */
  readonly read: (host: string) => Promise<BootRecord>
  /** Changes it. Where another process was faster, `change` is called again, with what that one left. */
  readonly update: <T>(host: string, change: Change<T>) => Promise<T>
  /** Every host of which something is stored, by name. */
  readonly list: () => Promise<readonly Listed[]>
}

/** How many of the newest files of a host are kept, and how long any of them. */
const KEPT = 8
const KEPT_MS = 60_000
/** Who has not put a file in place for so long was killed while it was written. */
const ABANDONED_MS = 3_600_000

/** Of the server's own group, so that command and server may be two users. */
const DIRECTORY_MODE = 0o2770
const FILE_MODE = 0o640

/** Whom the directories belong to. */
export type BootOwner = { readonly uid: number; readonly gid: number }

/**
 * A store below `directory`, with a directory for each host and in it a numbered file for each change: the highest number
 * counts; the newest 8 stay, and all of the last minute. A file is written under another name and then linked to the next
 * number, which only one process can do: no lock is needed, so a process that is killed leaves none behind. What was read is
 * on the disk.
 *
 * A number is free again a minute after it was taken, at the earliest. A process that stood still for so long since it read the newest
 * looks whether it was that.
 *
 * Directories are made for `owner` where root makes them; files belong to their group, because of its set-group-ID bit.
 */
export const bootStore = (directory: string, owner?: BootOwner): BootStore => ({
  read: async host => (await readNewest(folderOf(directory, host))).record,
  update: async (host, change) => {
    const folder = folderOf(directory, host)
    for (;;) {
      const readAtMs = performance.now()
      const newest = await readNewest(folder)
      const { record, answer } = change(newest.record)
      if (record === newest.record) return answer
      const file = { folder, number: newest.number + 1, text: formatBootRecord(record), readAtMs }
      if (await addFile(file, owner)) return answer
    }
  },
  list: async () => {
    const hosts = await namesIn(directory)
    return Promise.all(hosts.sort().map(host => listOne(directory, host)))
  },
})

const listOne = async (directory: string, host: string): Promise<Listed> => {
  try {
    return { host, record: (await readNewest(folderOf(directory, host))).record }
  } catch (error) {
    if (error instanceof BootStoreError) return { host, error }
    throw error
  }
}

/** The directory of a host, whose name leads nowhere else. */
const folderOf = (directory: string, host: string): string => {
  if (parseHostname(host) !== host) throw new BootStoreError(`${JSON.stringify(host)} is no host name`)
  return join(directory, host)
}

const readNewest = async (folder: string): Promise<{ record: BootRecord; number: number }> => {
  for (let gone = 0; ; ) {
    const number = Math.max(0, ...(await numbersIn(folder)))
    if (number === 0) return { record: NEVER_ARMED, number }
    const path = join(folder, String(number))
    // It is gone where other processes have written 8 newer ones since the directory was read.
    const text = await orIfCode(number > gone ? 'ENOENT' : '', undefined, readFile(path, 'utf8'), path)
    gone = number
    if (text === undefined) continue
    const record = parseBootRecord(text)
    if (record !== undefined) return { record, number }
    throw new BootStoreError(`${path} is not what was written; without ${folder} the host was never armed`)
  }
}

type NewFile = {
  readonly folder: string
  readonly number: number
  readonly text: string
  /** When the one before was read, by a clock that nobody sets. */
  readonly readAtMs: number
}

/** Puts a file in place, on the disk; false where another process had that number first. */
const addFile = async (file: NewFile, owner: BootOwner | undefined): Promise<boolean> => {
  const { folder, number, text, readAtMs } = file
  const directory = dirname(folder)
  await orThrow(mkdir(dirname(dirname(directory)), { recursive: true }), directory)
  for (const path of [dirname(directory), directory, folder]) await makeFolder(path, owner)
  const part = join(folder, `.${randomBytes(6).toString('hex')}`)
  try {
    await orThrow(writeSynced(part, text), part)
    const path = join(folder, String(number))
    const isOurs = await isDoneUnless('EEXIST', link(part, path), path)
    if (!isOurs) return false
    await orThrow(syncDirectory(folder), folder)
  } finally {
    await rm(part, { force: true })
  }
  const numbers = await numbersIn(folder)
  if (performance.now() - readAtMs > KEPT_MS && Math.max(...numbers) >= number + KEPT)
    throw new BootStoreError(`${folder} was changed meanwhile: try again`)
  const old = numbers.filter(each => each <= number - KEPT).map(each => join(folder, String(each)))
  const parts = (await orThrow(readdir(folder), folder)).filter(isPart).map(name => join(folder, name))
  await Promise.all(old.map(path => removeOlder(path, KEPT_MS)))
  await Promise.all(parts.map(path => removeOlder(path, ABANDONED_MS)))
  return true
}

const isPart = (name: string): boolean => name.startsWith('.')

const removeOlder = async (path: string, ageMs: number): Promise<void> => {
  const found = await orIfCode('ENOENT', undefined, stat(path), path)
  if (found !== undefined && Date.now() - found.mtimeMs > ageMs) await rm(path, { force: true })
}

const writeSynced = async (path: string, text: string): Promise<void> => {
  const file = await open(path, 'wx', FILE_MODE)
  try {
    await file.chmod(FILE_MODE)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes a directory where there is none; its mode does not depend on the caller's umask. */
const makeFolder = async (path: string, owner: BootOwner | undefined): Promise<void> => {
  if (!(await isDoneUnless('EEXIST', mkdir(path, { mode: DIRECTORY_MODE }), path))) return
  if (owner !== undefined && process.getuid?.() === 0) await orThrow(chown(path, owner.uid, owner.gid), path)
  await orThrow(chmod(path, DIRECTORY_MODE), path)
  await orThrow(syncDirectory(dirname(path)), path)
}

const numbersIn = async (folder: string): Promise<readonly number[]> =>
  (await namesIn(folder)).filter(name => /^[1-9][0-9]*$/.test(name)).map(Number)

/** What is in a directory, apart from files that are being written; nothing where there is no directory. */
const namesIn = async (path: string): Promise<string[]> => {
  const names = await orIfCode('ENOENT', [], readdir(path), path)
  return names.filter(name => !isPart(name))
}

/** The outcome, or `instead` for one code; every other failure becomes a `BootStoreError` that names the path. */
const orIfCode = async <T>(code: string, instead: T, outcome: Promise<T>, path: string): Promise<T> => {
  try {
    return await outcome
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === code) return instead
    throw new BootStoreError(`${path}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

const orThrow = <T>(outcome: Promise<T>, path: string): Promise<T> =>
  orIfCode('', undefined as T, outcome, path)

const isDoneUnless = (code: string, outcome: Promise<unknown>, path: string): Promise<boolean> =>
  orIfCode(
    code,
    false,
    outcome.then(() => true),
    path,
  )
