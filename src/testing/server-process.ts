import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from './test-files.ts'

/** A server of ours in a process of its own, whose first line is its port, and each other one JSON. */
export type ServerProcess = {
  readonly port: number
  readonly child: ChildProcess
  /** What it has said since, parsed. */
  readonly said: readonly unknown[]
  /** Memory that it uses now, in MiB; at most, since it began. */
  readonly memoryMib: () => { readonly now: number; readonly most: number }
  /** Ends it as an administrator does; resolves with its exit code. */
  readonly stop: () => Promise<number | null>
}

/** Starts a program of this folder. */
export const startServerProcess = async (
  program: string,
  args: readonly string[],
): Promise<ServerProcess> => {
  const child = spawn(process.execPath, [join(ROOT, 'src/testing', program), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const lines = createInterface(child.stdout)
  const [port] = await once(lines, 'line')
  const said: unknown[] = []
  lines.on('line', line => said.push(JSON.parse(line)))
  const mib = (status: string, field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
  return {
    port: Number(port),
    child,
    said,
    memoryMib: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      return { now: mib(status, 'VmRSS'), most: mib(status, 'VmHWM') }
    },
    stop: async () => {
      child.kill()
      const [code] = await closed
      return code
    },
  }
}
