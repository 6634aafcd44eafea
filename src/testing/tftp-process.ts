import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Transaction } from '../server/transaction.ts'
import { ROOT } from './test-files.ts'

/** Our TFTP server in a process of its own. */
export type TftpProcess = {
  readonly port: number
  readonly child: ChildProcess
  /** What it has told of so far. */
  readonly transactions: readonly Transaction[]
  /** Memory that it uses now, in MiB; at most, since it began. */
  readonly memoryMib: () => { readonly now: number; readonly most: number }
  /** Its open sockets. */
  readonly sockets: () => number
  /** Ends it as an administrator does; resolves with its exit code. */
  readonly stop: () => Promise<number | null>
}

/** Starts one that serves a directory. */
export const startTftpProcess = async (root: string): Promise<TftpProcess> => {
  const program = join(ROOT, 'src/testing/serve-tftp.ts')
  const child = spawn(process.execPath, [program, root], { stdio: ['ignore', 'pipe', 'inherit'] })
  // Not before all that it told has been read.
  const ended = once(child, 'close')
  const lines = createInterface(child.stdout)
  const [port] = await once(lines, 'line')
  const transactions: Transaction[] = []
  lines.on('line', line => transactions.push(JSON.parse(line)))
  const mib = (status: string, field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
  return {
    port: Number(port),
    child,
    transactions,
    memoryMib: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      return { now: mib(status, 'VmRSS'), most: mib(status, 'VmHWM') }
    },
    sockets: () => socketsOf(child.pid ?? 0),
    stop: async () => {
      child.kill()
      const [code] = await ended
      return code
    },
  }
}

/** Sockets of UDP: Node itself has others. */
const socketsOf = (pid: number): number => {
  const inodes = new Set(
    readFileSync('/proc/net/udp', 'utf8')
      .split('\n')
      .map(line => line.trim().split(/\s+/)[9]),
  )
  return readdirSync(`/proc/${pid}/fd`).filter(fd => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1]
    return inode !== undefined && inodes.has(inode)
  }).length
}

/** Empty where it was closed meanwhile. */
const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
