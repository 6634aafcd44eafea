import { join } from 'node:path'
import type { CommandDeps, ExitCode } from '../command/deps.ts'
import { runCommand } from '../command/run.ts'
import { ROOT } from './golden.ts'

/** What a command printed and how it ended. */
export type CommandRun = { readonly stdout: string; readonly stderr: string; readonly exitCode: ExitCode }

/** Runs a command line in this process as `main.ts` would, from the root of the checkout, and keeps what it prints. */
export const runInProcess = async (
  args: readonly string[],
  deps: Partial<CommandDeps> = {},
): Promise<CommandRun> => {
  const [stdout, stderr]: [string[], string[]] = [[], []]
  let exitCode: ExitCode = 0
  const kept: Partial<CommandDeps> = {
    print: text => stdout.push(`${text}\n`),
    complain: text => stderr.push(`${text}\n`),
    setExitCode: code => {
      exitCode = code
    },
  }
  await runCommand(args, commandDeps({ ...kept, ...deps }))
  return { stdout: stdout.join(''), stderr: stderr.join(''), exitCode }
}

/** What a command may touch in a test: nothing is printed, and the clock stands still. */
export const commandDeps = (deps: Partial<CommandDeps> = {}): CommandDeps => {
  let uuids = 0
  return {
    print: () => {},
    complain: () => {},
    setExitCode: () => {},
    signal: new AbortController().signal,
    onHangUp: () => {},
    cwd: ROOT,
    configVariable: undefined,
    isRoot: false,
    hostname: '',
    toolsDirectory: join(ROOT, 'bin/tools'),
    nodePath: process.execPath,
    environment: process.env,
    now: () => 0,
    readProgram: debianApt,
    resolvers: async () => [],
    newUuid: () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}`,
    ...deps,
  }
}

/** A machine that was installed from Debian, whatever this one is: what its apt says. */
const debianApt: CommandDeps['readProgram'] = async ([file]) =>
  file === 'apt-config'
    ? 'Acquire::Retries "3";\n'
    : 'Packages\tDebian\tbookworm\thttp://deb.example.test/debian/\tbookworm\tmain\n'

/** Severity and code of each diagnostic of a run, sorted: what holds of servers and of files, whose places differ. */
export const codesIn = (stderr: string): readonly string[] =>
  stderr
    .split('\n')
    .flatMap(line => /^(?:error|warning) [a-z-]+/.exec(line)?.[0] ?? [])
    .sort()
