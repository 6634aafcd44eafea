import { join } from 'node:path'
import { runProgram } from './run-program.ts'
import { ROOT } from './test-files.ts'

/** Where the netboot image is. */
export type NetbootImage = { readonly kernel: string; readonly initrd: string; readonly manifest: string }

/** Kept beyond a run: making the root takes a minute, and it changes only with Debian's archives. */
const CACHE = join(ROOT, 'node_modules/.cache/netboot-image')

/** Makes the netboot image with the program as it is, in a directory; needs root, and squashes little to be quick. */
export const makeNetbootImage = async (
  directory: string,
  options: readonly string[] = [],
): Promise<NetbootImage> => {
  await runProgram(process.execPath, [join(ROOT, 'src/testing/build.ts')])
  const places = ['--output', directory, '--cache', CACHE]
  await runProgram(join(ROOT, 'bin/fai-classes'), [
    ...['image', 'build', '--yes', '--level', '3', ...places, ...options],
  ])
  return {
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd.img'),
    manifest: join(directory, 'manifest.json'),
  }
}
