import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What installations and unknown machines leave, below the state directory. */
export type InstallFiles = {
  /** Adds a line to the events of an installation. */
  readonly addEvent: (installation: Installation, line: string) => Promise<Kept>
  /** Keeps an archive of logs; one of the same name is replaced. */
  readonly saveLog: (
    installation: Installation,
    name: string,
    content: AsyncIterable<Uint8Array>,
  ) => Promise<Kept>
  /** Keeps what an unknown machine says of itself; `mac` in lower case, with colons. */
  readonly saveInventory: (mac: string, text: string) => Promise<Kept>
}

/** One installation of a host. */
export type Installation = { readonly host: string; readonly beganMs: number }

/** Whether something was kept; else it is too large, or there are too many already. */
export type Kept = 'kept' | 'too-large' | 'too-many'

/** How much is kept, in octets and in files. */
export type InstallLimits = {
  readonly logBytes: number
  readonly eventsBytes: number
  readonly logs: number
  readonly installations: number
  readonly inventories: number
}

/** What is usual. */
export const INSTALL_LIMITS: InstallLimits = {
  logBytes: 64 * 2 ** 20,
  eventsBytes: 16 * 2 ** 20,
  logs: 8,
  installations: 10,
  inventories: 1024,
}

const DIRECTORY_MODE = 0o2750
const FILE_MODE = 0o640

/**
 * Files in `logs/HOST/YYYYMMDDTHHMMSSZ/` (UTC, when the installation began): `events.jsonl` and the archives; and in
 * `discovered/MAC`, the MAC with dashes. Of each host the newest 10 installations stay.
 */
export const installFiles = (stateDirectory: string, limits = INSTALL_LIMITS): InstallFiles => ({
  addEvent: async (installation, line) => {
    const path = join(await makeFolder(stateDirectory, installation, limits), 'events.jsonl')
    if ((await sizeOf(path)) + Buffer.byteLength(line) + 1 > limits.eventsBytes) return 'too-large'
    await appendFile(path, `${line}\n`, { mode: FILE_MODE })
    return 'kept'
  },
  saveLog: async (installation, name, content) => {
    const folder = await makeFolder(stateDirectory, installation, limits)
    const others = (await readdir(folder)).filter(other => other.endsWith('.tar.gz') && other !== name)
    if (others.length >= limits.logs) return 'too-many'
    return saveFile(folder, name, content, limits.logBytes)
  },
  saveInventory: async (mac, text) => {
    const folder = join(stateDirectory, 'discovered')
    await mkdir(folder, { recursive: true, mode: DIRECTORY_MODE })
    const name = mac.replaceAll(':', '-')
    const others = (await readdir(folder)).filter(other => other !== name)
    if (others.length >= limits.inventories) return 'too-many'
    return saveFile(folder, name, [Buffer.from(text)], Number.POSITIVE_INFINITY)
  },
})

/** The directory of an installation. A new one takes the place of the oldest, where there are enough. */
const makeFolder = async (
  stateDirectory: string,
  { host, beganMs }: Installation,
  { installations }: InstallLimits,
): Promise<string> => {
  const ofHost = join(stateDirectory, 'logs', host)
  const folder = join(ofHost, new Date(beganMs).toISOString().replace(/[-:]|\.\d+/g, ''))
  const made = await mkdir(folder, { recursive: true, mode: DIRECTORY_MODE })
  if (made !== undefined) {
    const old = (await readdir(ofHost)).sort().slice(0, -installations)
    await Promise.all(old.map(name => rm(join(ofHost, name), { recursive: true, force: true })))
  }
  return folder
}

/** A file in place whole, or not at all. */
const saveFile = async (
  folder: string,
  name: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mostBytes: number,
): Promise<Kept> => {
  const part = join(folder, `.${randomBytes(6).toString('hex')}.part`)
  try {
    const file = await open(part, 'wx', FILE_MODE)
    try {
      let bytes = 0
      for await (const chunk of content) {
        bytes += chunk.byteLength
        if (bytes > mostBytes) return 'too-large'
        await file.writeFile(chunk)
      }
    } finally {
      await file.close()
    }
    await rename(part, join(folder, name))
    return 'kept'
  } finally {
    await rm(part, { force: true })
  }
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0
