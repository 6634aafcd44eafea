import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { SourceError } from '../diagnostic/source-error.ts'
import type { NfsUri } from '../model/config-space-uri.ts'
import { isDirectory } from './folder.ts'
import { type MountRow, parseMountRows } from './storage/mounts.ts'

/** Where FAI's media have a config space (fai-semantics.md, section 7.2), the first that is there. */
const ON_MEDIA = ['/media/data/config', '/var/lib/fai/config'] as const

/** Where a machine that started from an NFS root has it. */
const NFS_ROOTS = ['/live/image', '/'] as const

/**
 * The directory under which this machine sees a directory of an NFS server, through a mount of it or of one above it;
 * undefined where none is mounted. Pure; `mountinfo` is `/proc/self/mountinfo`.
 */
export const findNfsDirectory = (
  mountinfo: string,
  { server, path }: Omit<NfsUri, 'kind'>,
): string | undefined => {
  const mounts = parseMountRows(mountinfo).filter(({ type }) => /^nfs4?$/.test(type))
  const wanted = server ?? rootServer(mounts)
  if (wanted === undefined) return undefined
  const seen = mounts.flatMap(mount => {
    const from = exportOf(mount)
    if (from?.server !== bare(wanted)) return []
    const below = posix.relative(posix.join(from.path, mount.root), path)
    return below === '..' || below.startsWith('../') ? [] : [posix.join(mount.mountPoint, below)]
  })
  // A later mount hides an earlier one at the same place.
  return seen.at(-1)
}

/** The directory for an NFS URI; rejects with a `SourceError` that names the `mount` to run where there is none. */
export const readNfsDirectory = async (uri: NfsUri): Promise<string> => {
  const found = findNfsDirectory(await readFile('/proc/self/mountinfo', 'utf8'), uri)
  if (found !== undefined) return found
  const what = `${uri.server ?? 'SERVER'}:${uri.path}`
  throw missing(`${what} is not mounted; as root: mount -t nfs -o ro,nolock ${what} DIRECTORY`)
}

/** The directory for `detect://`; rejects with a `SourceError` where this machine has none of `candidates`. */
export const readDetectedDirectory = async (candidates: readonly string[] = ON_MEDIA): Promise<string> => {
  for (const directory of candidates) if (await isDirectory(directory)) return directory
  throw missing(`there is no config space on a medium: neither ${candidates.join(' nor ')}`)
}

const rootServer = (mounts: readonly MountRow[]): string | undefined =>
  NFS_ROOTS.flatMap(at => mounts.filter(({ mountPoint }) => mountPoint === at)).map(exportOf)[0]?.server

/** `server:/path`; the server may be an IPv6 address in brackets. */
const exportOf = ({ source }: MountRow): { readonly server: string; readonly path: string } | undefined => {
  const [, server, path] = /^(.+?):(\/.*)$/.exec(source) ?? []
  return server === undefined || path === undefined ? undefined : { server: bare(server), path }
}

const bare = (server: string): string => server.replace(/^\[(.*)\]$/, '$1').toLowerCase()

const missing = (message: string): SourceError =>
  new SourceError(message, { kind: 'option', option: '--config-space' }, { code: 'config-space-fetch' })
