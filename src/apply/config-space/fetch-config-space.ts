import { SourceError } from '../../diagnostic/source-error.ts'
import { readDetectedDirectory, readNfsDirectory } from '../../inspect/config-space-place.ts'
import { requireConfigSpace } from '../../inspect/folder.ts'
import type { ConfigSpaceUri, RemoteUri } from '../../model/config-space-uri.ts'
import { checkoutCommand, FETCH_LIMITS, type FetchLimits } from '../../plan/config-space-fetch.ts'
import type { Runner } from '../runner.ts'
import { openCacheSlot } from './cache-slot.ts'
import { fetchArchive } from './fetch-archive.ts'
import { fetchRunner } from './fetch-runner.ts'

/** What fetching needs of the world. */
export type FetchOptions = {
  /** Where copies are kept; made with mode 0700 where absent. */
  readonly cacheDirectory: string
  readonly run: Runner
  /** Where programs are looked for, `get-config-dir-METHOD` among them. */
  readonly searchPath: string
  readonly signal: AbortSignal
  readonly limits?: FetchLimits
}

/**
 * Gives the directory of a config space. One that is elsewhere is fetched into a new directory of the cache, which nobody
 * changes while this process lives; the copy before it stays until the new one is whole. Rejects with a `SourceError`
 * (`config-space-method`, `-fetch`, `-archive`, `-invalid`), as FAI ends with 22, 25 and 23 (fai-semantics.md, section 7.2).
 */
export const fetchConfigSpace = async (uri: ConfigSpaceUri, options: FetchOptions): Promise<string> => {
  const directory = await placeOf(uri, options)
  await requireConfigSpace(directory)
  return directory
}

const placeOf = async (uri: ConfigSpaceUri, options: FetchOptions): Promise<string> => {
  switch (uri.kind) {
    case 'directory':
      return uri.path
    case 'nfs':
      return readNfsDirectory(uri)
    case 'detect':
      return readDetectedDirectory()
    default:
      return fetchRemote(uri, options)
  }
}

const fetchRemote = async (uri: RemoteUri, options: FetchOptions): Promise<string> => {
  const slot = await openCacheSlot(options.cacheDirectory, uri)
  const limits = options.limits ?? FETCH_LIMITS
  const run = fetchRunner(uri, { ...options, limits })
  try {
    if (uri.kind === 'archive') await fetchArchive(uri, slot.fresh, run, limits)
    else await run(checkoutCommand(uri, slot.fresh, slot.lastGood))
    await requireConfigSpace(slot.fresh)
  } catch (error) {
    await slot.discard()
    throw withLastGood(error, uri, slot.lastGood)
  }
  return slot.keep()
}

/** Names the URI, and the copy that an administrator may fall back on; nothing falls back by itself. */
const withLastGood = (error: unknown, { shown }: RemoteUri, lastGood: string | undefined): unknown => {
  if (!(error instanceof SourceError)) return error
  const older = lastGood === undefined ? '' : `; the last copy that was whole: ${lastGood}`
  const origin = { kind: 'option', option: '--config-space' } as const
  return new SourceError(`"${shown}": ${error.message}${older}`, origin, {
    code: error.code,
    cause: error.cause,
  })
}
