import { join } from 'node:path'
import { build } from 'esbuild'
import { ROOT } from './golden.ts'

/** A source file and all that it imports as one file in a directory, which starts in half the time; its path. */
export const bundleProgram = async (entry: string, directory: string): Promise<string> => {
  const program = join(directory, 'fai-classes.cjs')
  await build({
    entryPoints: [join(ROOT, entry)],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    // It has a library in machine code beside it.
    external: ['koffi'],
    define: { 'import.meta.url': JSON.stringify(`file://${ROOT}/src/main.ts`) },
  })
  return program
}
