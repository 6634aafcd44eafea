import { join } from 'node:path'
import { runProgram, runToEnd } from './run-program.ts'
import { ROOT } from './test-files.ts'

/** Where the netboot image is. */
export type NetbootImage = {
  readonly kernel: string
  readonly initrd: string
  readonly manifest: string
  /** What was said on stderr while it was made. */
  readonly said: string
}

/** Kept beyond a run: making the root takes a minute, and it changes only with Debian's archives. */
const CACHE = join(ROOT, 'node_modules/.cache/netboot-image')

/** Makes the netboot image with the program as it is, in a directory; needs root, and squashes little to be quick. */
export const makeNetbootImage = async (
  directory: string,
  options: readonly string[] = [],
): Promise<NetbootImage> => {
  await runProgram(process.execPath, [join(ROOT, 'src/testing/build.ts')])
  const cache = options.includes('--cache') ? [] : ['--cache', CACHE]
  const places = ['--output', directory, ...cache]
  const args = ['image', 'build', '--yes', '--level', '3', ...places, ...options]
  const { code, stderr } = await runToEnd(join(ROOT, 'bin/fai-classes'), args)
  if (code !== 0) throw new Error(`image build failed: ${stderr}`)
  return {
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd.img'),
    manifest: join(directory, 'manifest.json'),
    said: stderr,
  }
}
