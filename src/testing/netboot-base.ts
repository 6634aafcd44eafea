import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readAptReleases } from '../inspect/apt-releases.ts'
import { isFile } from '../inspect/folder.ts'
import { runProgram } from './run-program.ts'
import { ROOT } from './test-files.ts'

const MAKER = join(ROOT, 'fixtures/netboot/make-base')
/** Kept beyond a run, by what it is made of: the script that makes it, and the state of Debian's archives. */
const CACHE = join(ROOT, 'node_modules/.cache/netboot-base')

/** Path of the base archive of `fixtures/netboot`, which is made where it is not there yet; needs root. */
export const makeNetbootBase = async (): Promise<string> => {
  const key = createHash('sha256')
    .update(await readFile(MAKER))
    .update((await readAptReleases()).digest)
    .digest('hex')
    .slice(0, 16)
  const path = join(CACHE, `${key}.tar.zst`)
  await mkdir(CACHE, { recursive: true })
  if (!(await isFile(path))) await runProgram(MAKER, [path])
  return path
}
