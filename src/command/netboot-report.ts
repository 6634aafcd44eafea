import { messageOf } from '../apply/apply-error.ts'
import { openBootServer, RefusedByServerError } from '../image/boot-server.ts'
import type { RunEvent, RunListener } from '../install/run-event.ts'

/** What an installation tells the boot server of itself; nothing before it has an order. */
export type HomeReport = {
  readonly begin: (reportKey: string) => void
  /** Takes events and sends them one after the other, behind the run. */
  readonly listener: RunListener
  readonly log: (archive: Uint8Array) => Promise<void>
  /** Waits for the events, and says how it went; rejects where the server does not hear that it went well. */
  readonly end: (isGood: boolean, message: string) => Promise<void>
}

/** What a report needs. */
export type ReportSetting = {
  readonly signal: AbortSignal
  readonly complain: (text: string) => void
  /** The server says that this is no longer what the host does. */
  readonly onRefused: (error: RefusedByServerError) => void
}

/** So many may wait; what comes while the server is away is lost. */
const MOST_WAITING = 200
/** The server does not want them any longer. */
const GONE = 409

/** Opens the report of an installation; without a server nothing is told. */
export const openHomeReport = (url: string | undefined, setting: ReportSetting): HomeReport => {
  const { signal, complain, onRefused } = setting
  const server = url === undefined ? undefined : openBootServer(url, signal)
  let key: string | undefined
  let waiting = 0
  let sent: Promise<void> = Promise.resolve()
  let lastFault = ''
  const send = async (event: RunEvent, reportKey: string): Promise<void> => {
    try {
      await server?.event(reportKey, event)
    } catch (error) {
      if (error instanceof RefusedByServerError && error.status === GONE) onRefused(error)
      else complain(`fai-classes: an event is not sent home: ${messageOf(error)}`)
    } finally {
      waiting--
    }
  }
  return {
    begin(reportKey) {
      key = reportKey
    },
    listener(event) {
      const reportKey = key
      // What programs print is in the logs.
      if (reportKey === undefined || event.event === 'output' || waiting >= MOST_WAITING) return
      if (event.event === 'message') lastFault = event.message
      if (event.event === 'diagnostic' && event.severity === 'error') lastFault = event.message
      waiting++
      sent = sent.then(() => send(event, reportKey))
    },
    async log(archive) {
      if (key !== undefined) await server?.log(key, 'logs', archive)
    },
    async end(isGood, message) {
      if (key === undefined || server === undefined) return
      await sent
      const text = lastFault === '' || isGood ? message : lastFault
      await server.end(key, { outcome: isGood ? 'installed' : 'failed', message: text })
    },
  }
}
