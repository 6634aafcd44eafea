import { lstat, readdir, readlink, rm } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { SourceError } from '../../diagnostic/source-error.ts'
import type { ArchiveUri } from '../../model/config-space-uri.ts'
import {
  decompressCommands,
  downloadCommand,
  type FetchLimits,
  hasWayOut,
  listCommand,
  packedFile,
  unpackCommands,
} from '../../plan/config-space-fetch.ts'
import type { FetchRun } from './fetch-runner.ts'

/**
 * Downloads an archive and unpacks it into an empty directory. One that would write elsewhere, holds devices or links that
 * lead out, or is larger than its limits rejects with `config-space-archive`; the caller then discards the directory.
 */
export const fetchArchive = async (
  uri: ArchiveUri,
  into: string,
  run: FetchRun,
  limits: FetchLimits,
): Promise<void> => {
  const file = join(dirname(into), 'archive.tar')
  await run(downloadCommand(uri, packedFile(file, uri.compression), limits))
  for (const command of decompressCommands(file, uri.compression, limits)) await run(command)
  await run(listCommand(file), memberCheck(limits))
  for (const command of unpackCommands(file, into, limits)) await run(command)
  await refuseWaysOut(into)
  await rm(file)
}

/** Throws at the first member that is not wanted, which ends the listing. */
const memberCheck = ({ members }: FetchLimits): ((name: string) => void) => {
  let count = 0
  return name => {
    count += 1
    if (count > members) throw hostile(`the archive has more than ${members} files`)
    if (hasWayOut(name)) throw hostile(`the archive holds "${name}", which leads out of the directory`)
  }
}

/** Whatever tar made of the members: only files, directories and links that stay inside may be there. */
const refuseWaysOut = async (root: string): Promise<void> => {
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(root, path)
    const status = await lstat(path)
    if (status.isSymbolicLink()) {
      const target = await readlink(path)
      if (leadsOut(root, dirname(path), target)) {
        throw hostile(`the archive holds the link "${name}" to "${target}", which leads out of the directory`)
      }
    } else if (!status.isFile() && !status.isDirectory()) {
      throw hostile(`the archive holds "${name}", which is neither file, directory nor link`)
    }
  }
}

/**
 * Whether a link may lead out. `..` counts in front only: behind a name, which may be a link itself, it leads from where that
 * link leads. With every link held to this, none leads out.
 */
const leadsOut = (root: string, directory: string, target: string): boolean =>
  isAbsolute(target) ||
  /^(?:\.\.?\/+)*(?!\.\.?(?:\/|$)).*\/\.\.(?:\/|$)/.test(target) ||
  !`${resolve(directory, target)}/`.startsWith(`${root}/`)

const hostile = (message: string): SourceError =>
  new SourceError(message, { kind: 'option', option: '--config-space' }, { code: 'config-space-archive' })
