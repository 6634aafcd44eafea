import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a program to its end and gives what it printed; a failure rejects with all that it said. */
export const runProgram = async (file: string, args: readonly string[]): Promise<string> => {
  try {
    const { stdout } = await run(file, args, { env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 1 << 26 })
    return stdout
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : ''
    throw new Error(`${file} ${args.join(' ')} failed: ${said}`, { cause })
  }
}
