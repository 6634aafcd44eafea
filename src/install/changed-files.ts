import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Runner } from '../apply/runner.ts'

/** What is looked at below the root of a system: what scripts are to bring about, and little that lives by itself. */
const PLACES = ['etc', 'usr', 'boot', 'opt', 'srv', 'root', 'home', 'var/lib', 'var/spool/cron', 'var/www']
/** What other programs write at any time, and the tools of the installation themselves. */
const LEFT_OUT = ['var/lib/apt', 'var/lib/dpkg', 'var/lib/fai', 'var/lib/systemd', 'root/.cache']
/** Where the data of users is, millions of files perhaps: what lies deeper than three levels is none of a script's. */
const SHALLOW = ['home', 'srv', 'var/www']
/** A clock tick of the kernel is 10 ms at most: what changes later has a later time of change. */
const TICK_MS = 20

/** Makes a mark: what changes from now on is found by `readChangedSince`. */
export const setMark = async (mark: string): Promise<void> => {
  await writeFile(mark, '')
  const now = new Date()
  await utimes(mark, now, now)
  await delay(TICK_MS)
}

/**
 * Paths below the root of a system, as the system itself names them and sorted, whose inode changed after a mark. A file that was
 * written anew with the same content is among them; `fileState` tells it apart.
 */
export const readChangedSince = async (
  mark: string,
  target: string,
  run: Runner,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const places = await existing(target)
  if (places.length === 0) return []
  const deep = SHALLOW.map(path => `${path}/*/*/*/*`)
  const leftOut = [...LEFT_OUT, ...deep].flatMap(path => ['-path', join(target, path), '-prune', '-o'])
  const argv = ['find', ...places, '-xdev', ...leftOut, '-cnewer', mark, '-print0']
  const { stdout } = await run({ argv, timeoutSeconds: 600 }, signal)
  const paths = stdout.split('\0').map(path => path.replace(/^\n/, ''))
  const root = target === '/' ? '' : target
  return paths
    .filter(path => path !== '')
    .map(path => path.slice(root.length))
    .sort()
}

const existing = async (target: string): Promise<readonly string[]> => {
  const found = await Promise.all(
    PLACES.map(async place => {
      const path = join(target, place)
      return (await lstat(path).catch(() => undefined))?.isDirectory() ? [path] : []
    }),
  )
  return found.flat()
}

/** Content, mode and owner of what stands at a path in a few characters; `absent` where nothing does. */
export const fileState = async (path: string): Promise<string> => {
  const status = await lstat(path).catch(() => undefined)
  if (status === undefined) return 'absent'
  const rights = `${(status.mode & 0o7777).toString(8)} ${status.uid}:${status.gid}`
  if (status.isSymbolicLink()) return `link ${await readlink(path)}`
  // A directory is what its names are: what they name has states of its own.
  if (status.isDirectory()) return `directory ${rights} ${digest((await readdir(path)).sort().join('\0'))}`
  if (!status.isFile()) return `special ${rights}`
  return `file ${rights} ${digest(await readFile(path))}`
}

const digest = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')
