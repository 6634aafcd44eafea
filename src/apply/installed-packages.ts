import { readFile } from 'node:fs/promises'
import { type InstalledPackages, parseDpkgStatus } from '../model/dpkg-status.ts'
import { resolveTargetPath } from './target-path.ts'

/** The packages of a system by its dpkg; none where it has no dpkg. */
export const readInstalled = async (target: string): Promise<InstalledPackages> => {
  const path = await resolveTargetPath(target, '/var/lib/dpkg/status')
  return parseDpkgStatus(await readFile(path, 'utf8').catch(() => ''))
}
