import { open } from 'node:fs/promises'

/** Has the names in a directory on the disk: of a file that was made, renamed or linked, only the contents are after `fsync` (fsync(2)). */
export const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
