import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isFile } from '../inspect/folder.ts'
import type { Handler } from './context.ts'
import { replaceFile } from './replace-file.ts'
import { resolveTargetPath } from './target-path.ts'

/** A file of the build machine, such as `/etc/resolv.conf`, which may be a link to a file below `/run` in the target. */
export const copyMachineFile: Handler<'copy-machine-file'> = async ({ from, to }, context) => {
  if (!(await isFile(from))) return
  const place = await resolveTargetPath(context.target, to)
  await mkdir(dirname(place), { recursive: true, mode: 0o755 })
  await replaceFile(place, await readFile(from), { mode: 0o644, uid: 0, gid: 0 })
}
