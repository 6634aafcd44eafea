import { lstat, mkdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'

const MAX_LINKS = 40

/**
 * Where a path of the installed system lies, symbolic links read as that system reads them: an absolute link starts
 * again at the target's root, and `..` never leaves it. So a link such as `/var/run -> /run` cannot lead a write into the
 * build machine. `last: 'keep'` does not follow the last component.
 */
export const resolveTargetPath = async (
  target: string,
  path: string,
  last: 'follow' | 'keep' = 'follow',
): Promise<string> => {
  const todo = path.split('/')
  const done: string[] = []
  let links = 0
  for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      done.pop()
      continue
    }
    const isLast = todo.every(rest => rest === '')
    const link = isLast && last === 'keep' ? undefined : await readLink(join(target, ...done, part))
    if (link === undefined) {
      done.push(part)
      continue
    }
    if (++links > MAX_LINKS) throw new Error(`too many symbolic links in "${path}" of the target`)
    if (link.startsWith('/')) done.length = 0
    todo.unshift(...link.split('/'))
  }
  return join(target, ...done)
}

const readLink = async (path: string): Promise<string | undefined> => {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Makes the directory that a path of the target lies in, and returns where the path itself is; its last part is not followed. */
export const makeParent = async (target: string, path: string): Promise<string> => {
  const slash = path.replace(/\/+$/, '').lastIndexOf('/')
  const parent = await resolveTargetPath(target, path.slice(0, slash + 1))
  await mkdir(parent, { recursive: true, mode: 0o755 })
  return join(parent, path.slice(slash + 1))
}
