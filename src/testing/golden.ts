import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'

/** The root of the checkout. */
export const ROOT = join(import.meta.dirname, '..', '..')

/** Compares `actual` with the committed file `path`; `npm run golden` rewrites the file instead. */
export const matchGolden = async (t: Pick<Test, 'equal'>, path: string, actual: string): Promise<void> => {
  const file = join(ROOT, path)
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(file, actual)
  t.equal(actual, await readFile(file, 'utf8'), path)
}
