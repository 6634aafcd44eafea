import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { directoryEntry, fileEntry, inOrder, linkEntry, readTree, type TreeEntry } from './tree-entries.ts'

/** Where our program is in the root, and Node below it. */
const PLACE = 'usr/lib/fai-classes'
const NODE = `${PLACE}/node_modules/node-linux-image/bin`

/**
 * What the kernel starts, and below `program` what the root gets of us: what `npm run build` made, the commands for scripts, and
 * what is started there.
 */
export const programEntries = async (program: string): Promise<readonly TreeEntry[]> => {
  await requireBuilt(program)
  const bin = join(program, 'bin')
  const place = `program/${PLACE}`
  return inOrder([
    ...parents(`${place}/bin`),
    ...parents('program/usr/sbin').slice(2),
    directoryEntry(`${place}/dist`),
    directoryEntry(`${place}/bin/tools`),
    ...(await readTree(join(bin, 'tools'), `${place}/bin/tools`)),
    ...(await readTree(join(program, 'dist'), `${place}/dist`)).filter(isSame),
    fileEntry(`${place}/bin/fai-classes`, join(bin, 'fai-classes'), 0o755),
    fileEntry(`${place}/bin/start-tool.sh`, join(bin, 'start-tool.sh'), 0o644),
    fileEntry(`${place}/start`, join(bin, 'netboot/start'), 0o755),
    fileEntry(`${place}/lease.sh`, join(bin, 'netboot/lease.sh'), 0o755),
    linkEntry('program/usr/sbin/fai-classes', '../lib/fai-classes/bin/fai-classes'),
    fileEntry('init', join(bin, 'netboot/init'), 0o755),
  ])
}

/** V8 compiles anew what it has no cache of, and no cache is like another one of the same program. */
const isSame = ({ path }: TreeEntry): boolean => !path.endsWith('/program.cache')

/** Where Node is put below a directory that becomes a part of the root, so that `bin/fai-classes` finds it. */
export const NODE_PLACE = { directory: NODE, link: 'usr/bin/node', target: `../../${NODE}/node` } as const

/** `a`, `a/b` and `a/b/c` of `a/b/c`. */
const parents = (path: string): readonly TreeEntry[] => {
  const names = path.split('/')
  return names.map((_name, index) => directoryEntry(names.slice(0, index + 1).join('/')))
}

/** An image with another program than the one that makes it would be worse than none. */
const requireBuilt = async (program: string): Promise<void> => {
  const built = await stat(join(program, 'dist/main.cjs')).catch(() => undefined)
  const newest = await newestMs(join(program, 'src')).catch(() => 0)
  if (built === undefined || built.mtimeMs < newest)
    throw new EnvironmentError(
      `${join(program, 'dist')} is ${built === undefined ? 'missing' : 'older than src'}: run npm run build first`,
    )
}

const newestMs = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile() && !entry.name.endsWith('.test.ts'))
  const statuses = await Promise.all(files.map(({ parentPath, name }) => stat(join(parentPath, name))))
  return Math.max(0, ...statuses.map(({ mtimeMs }) => mtimeMs))
}
