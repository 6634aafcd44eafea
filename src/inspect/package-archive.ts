import { resolve } from 'node:path'
import { namesIn } from './folder.ts'

/**
 * The names of files in `FAI_ARCHIVE_DIR`, whose packages are not fetched again; only with `MAXPACKAGES` 1, as in FAI
 * (install-packages.md, "MAXPACKAGES / -m").
 */
export const readPackageArchive = async (
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<readonly string[]> => {
  const { FAI_ARCHIVE_DIR: directory, MAXPACKAGES: most } = environment
  return directory === undefined || Number(most) !== 1 ? [] : namesIn(resolve(cwd, directory))
}
