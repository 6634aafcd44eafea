import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Writes files into a fresh directory, runs `use` with its path, and removes it whatever happened. */
export const withFiles = async <T>(
  files: Readonly<Record<string, string | Buffer>>,
  use: (directory: string) => Promise<T>,
): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-test-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true })
      await writeFile(join(directory, path), text)
    }
    return await use(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
