import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { inOrder, MODE, readTree, type TreeEntry } from './tree-entries.ts'

/** Where our program is in an image. */
const PLACE = 'usr/lib/fai-classes'

/** Our program as the image has it: what `npm run build` made, commands for scripts, and what the kernel starts. */
export const programEntries = async (program: string): Promise<readonly TreeEntry[]> => {
  await requireBuilt(program)
  const isOurs = (path: string): boolean => !/\/bin\/(?:demo|test|lib\.sh|systemd|netboot)$/.test(path)
  return inOrder([
    directory(PLACE),
    directory(`${PLACE}/bin`),
    directory(`${PLACE}/dist`),
    ...(await readTree(join(program, 'bin'), isOurs, `${PLACE}/bin`)),
    ...(await readTree(join(program, 'dist'), undefined, `${PLACE}/dist`)),
    link('usr/sbin/fai-classes', `../lib/fai-classes/bin/fai-classes`),
    executable('init', join(program, 'bin/netboot/init')),
    executable(`${PLACE}/lease.sh`, join(program, 'bin/netboot/lease.sh')),
  ])
}

/** Node as `bin/fai-classes` looks for it. */
export const nodeEntries = (node: string): readonly TreeEntry[] => {
  const folders = ['node_modules', 'node_modules/node-linux-image', 'node_modules/node-linux-image/bin']
  return [
    directory(PLACE),
    ...folders.map(folder => directory(`${PLACE}/${folder}`)),
    executable(`${PLACE}/node_modules/node-linux-image/bin/node`, node),
    link('usr/bin/node', '../lib/fai-classes/node_modules/node-linux-image/bin/node'),
  ]
}

const directory = (path: string): TreeEntry => ({
  path,
  mode: MODE.directory | 0o755,
  content: Buffer.alloc(0),
})

const link = (path: string, target: string): TreeEntry => ({
  path,
  mode: MODE.symlink | 0o777,
  content: Buffer.from(target),
})

const executable = (path: string, file: string): TreeEntry => ({
  path,
  mode: MODE.file | 0o755,
  content: { file },
})

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
