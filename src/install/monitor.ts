import { connect } from 'node:net'
import { join } from 'node:path'
import { appendLogFile } from '../apply/log-file.ts'

/** Tells fai-monitor(8) what is being done (fai-semantics.md, section 5.1), and its log in the log directory in any case. */
export type Monitor = {
  /** One message, such as `TASKBEGIN partition`. Never fails; it is sent as soon as those before it are. */
  send(message: string): void
  /** Whether somebody listened so far. */
  isHeard(): Promise<boolean>
  /** Everything was sent, or cannot be. */
  close(): Promise<void>
}

/** Where the monitor is, and how this machine calls itself there. */
export type MonitorAddress = { readonly host: string; readonly port: number; readonly sendId: string }

/** As FAI waits for its own probe. */
const TIMEOUT_MS = 8000

/**
 * Opens the monitor with its first message, `check`. One connection a message: that is FAI's protocol. If one
 * cannot be made, no other is tried in this run, for each may take eight seconds.
 */
export const openMonitor = (logDirectory: string, address: MonitorAddress | undefined): Monitor => {
  let isHeard = address !== undefined
  let sent: Promise<void> = Promise.resolve()
  const send = (message: string): void => {
    appendLogFile(join(logDirectory, 'fai-monitor.log'), `${message}\n`)
    if (address === undefined) return
    sent = sent.then(async () => {
      if (isHeard) isHeard = await sendLine(address, `${address.sendId} ${message}\n`)
    })
  }
  send('check')
  return { send, close: () => sent, isHeard: () => sent.then(() => isHeard) }
}

const sendLine = ({ host, port }: MonitorAddress, line: string): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({ host, port })
    const end = (isSent: boolean): void => {
      socket.destroy()
      resolve(isSent)
    }
    socket.setTimeout(TIMEOUT_MS, () => end(false))
    socket.once('error', () => end(false))
    socket.once('connect', () => socket.end(line, () => end(true)))
  })
