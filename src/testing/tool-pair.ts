import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programRunner } from '../tool/program.ts'
import { runTool } from '../tool/run-tool.ts'
import { ROOT } from './test-files.ts'
import { plantTree, readTree, type Tree } from './tree.ts'

/** One call of a tool. `@` in arguments, variables and texts of the tree stands for the directory that the tree is in. */
export type ToolCall = {
  readonly tool: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly tree: Tree
  /** How often it is called, 1 where absent; the last answer counts. */
  readonly times?: number
}

/** What came of a call; `@` is the directory. */
export type ToolEnd = {
  readonly code: number
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  readonly tree: readonly string[]
}

/** Where FAI's own programs are. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/fai'
/** Where ours are. */
const TOOLS = join(ROOT, 'bin/tools')
/** 6.0.3 has `ifclass` as a function of the shell. */
const IFCLASS = ['bash', '-c', '. /usr/lib/fai/subroutines; ifclass "$@"', 'ifclass']

/** Whose tool answers: FAI's, ours in this process, ours as scripts start it; or a script that finds ours on its PATH. */
export type Whose = 'fai' | 'ours' | 'executable' | 'script'

/** Plants the tree, calls the tool, and tells what came of it. */
export const callTool = async (whose: Whose, call: ToolCall): Promise<ToolEnd> => {
  const directory = mkdtempSync(join(tmpdir(), 'fai-tool-'))
  const fill = (text: string): string => text.replaceAll('@', directory)
  const hide = (text: string): string => text.replaceAll(directory, '@')
  try {
    mkdirSync(join(directory, 'target'))
    plantTree(directory, filled(call.tree, fill))
    const env = {
      PATH: whose === 'script' ? `${TOOLS}:${PATH}` : PATH,
      LC_ALL: 'C',
      HOME: directory,
      ...mapValues(call.env ?? {}, fill),
    }
    const args = call.args.map(fill)
    let end = { code: 0, stdout: '', stderr: '' }
    for (let time = 0; time < (call.times ?? 1); time++)
      end = await startTool(whose, fill(call.tool), args, env, directory)
    return {
      code: end.code,
      stdout: linesOf(hide(end.stdout)),
      stderr: linesOf(hide(end.stderr)),
      tree: readTree(directory).map(hide),
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const startTool = async (
  whose: Whose,
  tool: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<{ code: number; stdout: string; stderr: string }> => {
  if (whose === 'ours') return callInProcess(tool, args, env, cwd)
  const commands = {
    fai: tool === 'ifclass' ? IFCLASS : [tool],
    executable: [join(TOOLS, tool)],
    script: [tool],
  }
  const [file = '', ...rest] = [...commands[whose], ...args]
  return new Promise((resolve, reject) => {
    execFile(file, rest, { cwd, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      if (typeof code === 'number') resolve({ code, stdout, stderr })
      else reject(error)
    })
  })
}

const callInProcess = async (
  tool: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
) => {
  let stdout = ''
  let stderr = ''
  const show = (text: string): void => {
    stdout += text
  }
  const code = await runTool(tool, args, {
    env,
    cwd,
    print: line => show(`${line}\n`),
    complain: line => {
      stderr += `${line}\n`
    },
    run: programRunner(show),
  })
  return { code, stdout, stderr }
}

const filled = (tree: Tree, fill: (text: string) => string): Tree =>
  mapValues(tree, entry => ({
    ...entry,
    ...(typeof entry.text === 'string' ? { text: fill(entry.text) } : {}),
    ...(entry.link === undefined ? {} : { link: fill(entry.link) }),
  }))

const mapValues = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))

const linesOf = (text: string): readonly string[] => text.split('\n').filter(line => line !== '')
