import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Transaction } from '../server/transaction.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

/** Our TFTP server in a process of its own. */
export type TftpProcess = Omit<ServerProcess, 'said'> & {
  /** What it has told of so far. */
  readonly transactions: readonly Transaction[]
  /** Its open sockets. */
  readonly sockets: () => number
}

/** Starts one that serves a directory. */
export const startTftpProcess = async (root: string): Promise<TftpProcess> => {
  const { said, ...server } = await startServerProcess('serve-tftp.ts', [root])
  return {
    ...server,
    transactions: said as readonly Transaction[],
    sockets: () => socketsOf(server.child.pid ?? 0),
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
