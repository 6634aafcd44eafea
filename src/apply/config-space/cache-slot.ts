import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SourceError } from '../../diagnostic/source-error.ts'
import { readProcessBegin } from '../../inspect/process.ts'
import { parseMountRows } from '../../inspect/storage/mounts.ts'
import type { RemoteUri } from '../../model/config-space-uri.ts'

/** The place of one URI in the cache, with a directory that waits to be filled. */
export type CacheSlot = {
  /** Empty; its neighbours may be used as scratch. */
  readonly fresh: string
  /** The copy that was whole the last time. */
  readonly lastGood: string | undefined
  /** Makes the fresh directory the last good one, and gives its path. */
  readonly keep: () => Promise<string>
  /** Removes the fresh directory and everything beside it. */
  readonly discard: () => Promise<void>
}

/** The link to the last good copy; copies stand beside it as `run-PID-XXXXXX/config`. */
const CURRENT = 'current'

/**
 * Opens the slot of a URI. Each run fills a directory of its own and keeps it as long as it lives, so that an
 * installation never sees its config space change; copies of processes that are gone are removed, but the last good one.
 */
export const openCacheSlot = async (cacheDirectory: string, uri: RemoteUri): Promise<CacheSlot> => {
  const slot = join(cacheDirectory, keyOf(uri))
  try {
    await mkdir(slot, { recursive: true, mode: 0o700 })
    return await openSlot(await realpath(slot))
  } catch (cause) {
    const origin = { kind: 'file', path: slot } as const
    throw new SourceError('the cache cannot be used', origin, { code: 'config-space-fetch', cause })
  }
}

const openSlot = async (slot: string): Promise<CacheSlot> => {
  const current = await readlink(join(slot, CURRENT)).catch(() => undefined)
  await removeLeftOver(slot, current && dirname(current))
  const run = await mkdtemp(join(slot, `run-${process.pid}-`))
  const fresh = join(run, 'config')
  await mkdir(fresh)
  return {
    fresh,
    lastGood: current === undefined ? undefined : join(slot, current),
    keep: async () => {
      const link = join(run, CURRENT)
      await symlink(join(basename(run), 'config'), link)
      await rename(link, join(slot, CURRENT))
      return fresh
    },
    discard: () => removeCopy(run),
  }
}

/** Of the whole URI, so that two branches have two slots. */
const keyOf = (uri: RemoteUri): string =>
  createHash('sha256').update(JSON.stringify(uri)).digest('hex').slice(0, 24)

const removeLeftOver = async (slot: string, current: string | undefined): Promise<void> => {
  for (const name of await readdir(slot)) {
    const pid = /^run-(\d+)-/.exec(name)?.[1]
    if (pid === undefined || name === current) continue
    if ((await readProcessBegin(Number(pid))) !== undefined) continue
    await removeCopy(join(slot, name))
  }
}

/** A program of the site may have mounted there: what is seen through a mount is somebody else's. */
const removeCopy = async (run: string): Promise<void> => {
  const mounts = parseMountRows(await readFile('/proc/self/mountinfo', 'utf8'))
  if (mounts.some(({ mountPoint }) => mountPoint.startsWith(`${run}/`))) return
  await rm(run, { recursive: true, force: true })
}
