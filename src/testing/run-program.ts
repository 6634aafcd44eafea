import { execFile } from 'node:child_process'

/** How a program ended, and what it said. */
export type ProgramEnd = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs a program to its end, whatever that is; rejects only where it cannot be started or a signal ends it. */
export const runToEnd = (
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<ProgramEnd> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: 'C', ...environment }
    execFile(file, args, { env, maxBuffer: 1 << 26 }, (cause, stdout, stderr) => {
      const code = cause === null ? 0 : cause.code
      if (typeof code === 'number') resolve({ code, stdout, stderr })
      else reject(new Error(`${file} ${args.join(' ')} failed: ${stderr}`, { cause }))
    })
  })

/** Runs a program to its end and gives what it printed; a failure rejects with all that it said. */
export const runProgram = async (file: string, args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await runToEnd(file, args)
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} failed: ${stderr}`)
  return stdout
}
