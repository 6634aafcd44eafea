import { setTimeout as delay } from 'node:timers/promises'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import type { InstallEnd, InstallEvent, InstallRequest } from '../model/install-order.ts'

/** The server does not want this: the token does not hold, or the installation is no longer what the host does. */
export class RefusedByServerError extends EnvironmentError {
  readonly status: number

  constructor(status: number, text: string) {
    super(`the boot server refused with ${status}: ${text.trim()}`)
    this.status = status
  }
}

/** The boot server as an installation sees it (`model/install-order.ts`); each call takes a limited time. */
export type BootServer = {
  /** Spends the token; the answer as it came. */
  readonly order: (token: string, request: InstallRequest) => Promise<unknown>
  readonly event: (reportKey: string, event: InstallEvent) => Promise<void>
  readonly log: (reportKey: string, name: string, archive: Uint8Array) => Promise<void>
  readonly end: (reportKey: string, end: InstallEnd) => Promise<void>
  /** Hardware of a machine that nobody knows. */
  readonly discover: (mac: string, inventory: string) => Promise<void>
}

const ORDER_SECONDS = 60
const EVENT_SECONDS = 5
const LOG_SECONDS = 120
const TRIES = 5
const PAUSE_MS = 2000
/** For a server that has to wait for a source of its own, five minutes. */
const BUSY_TRIES = 30
const MOST_BUSY_PAUSE_SECONDS = 10

/** The server at `http://ADDRESS:PORT`. Calls reject with a `RefusedByServerError` or, where it does not answer, an `EnvironmentError`. */
export const openBootServer = (url: string, signal: AbortSignal): BootServer => {
  const send = (call: Call): Promise<Response> => sendTo(url, call, signal)
  const json = (value: unknown): string => JSON.stringify(value)
  return {
    order: async (key, request) =>
      (
        await send({ method: 'POST', path: '/install', key, body: json(request), seconds: ORDER_SECONDS })
      ).json(),
    event: async (key, event) => {
      await send({ method: 'POST', path: '/report/event', key, body: json(event), seconds: EVENT_SECONDS })
    },
    log: async (key, name, body) => {
      await send({ method: 'PUT', path: `/report/log/${name}.tar.gz`, key, body, seconds: LOG_SECONDS })
    },
    end: async (key, end) => {
      await send({ method: 'POST', path: '/report/end', key, body: json(end), seconds: ORDER_SECONDS })
    },
    discover: async (mac, body) => {
      await send({
        method: 'PUT',
        path: `/discover/${mac.replaceAll(':', '-')}`,
        body,
        seconds: ORDER_SECONDS,
      })
    },
  }
}

type Call = {
  readonly method: 'POST' | 'PUT'
  readonly path: string
  readonly key?: string
  readonly body: string | Uint8Array
  readonly seconds: number
}

/** Tried again only where nothing can have arrived, or the server says that nothing was done: a token is spent by its first use. */
const sendTo = async (url: string, call: Call, signal: AbortSignal): Promise<Response> => {
  const { method, path, key, body, seconds } = call
  const type =
    typeof body === 'string' && body.startsWith('{') ? 'application/json' : 'application/octet-stream'
  const headers = {
    'content-type': type,
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  }
  for (let tried = 1; ; tried++) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)])
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers,
        body,
        signal: limit,
        redirect: 'error',
      })
      if (response.ok) return response
      const reason = await response.text()
      const busySeconds = busyFor(response)
      if (busySeconds === undefined || tried >= BUSY_TRIES)
        throw new RefusedByServerError(response.status, reason)
      await delay(busySeconds * 1000, undefined, { signal })
    } catch (error) {
      if (error instanceof RefusedByServerError) throw error
      signal.throwIfAborted()
      if (tried >= TRIES || !hasNotArrived(error))
        throw new EnvironmentError(`the boot server ${url} does not answer: ${reasonOf(error)}`, {
          cause: error,
        })
      await delay(PAUSE_MS, undefined, { signal })
    }
  }
}

/** Seconds until it may be asked again (RFC 9110, sections 10.2.3 and 15.6.4); undefined where it has answered for good. */
const busyFor = ({ status, headers }: Response): number | undefined => {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return status === 503 && seconds >= 0 ? Math.min(seconds, MOST_BUSY_PAUSE_SECONDS) : undefined
}

const NOT_ARRIVED = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'EAI_AGAIN']

const codeOf = (error: unknown): string | undefined => {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
}

const hasNotArrived = (error: unknown): boolean => NOT_ARRIVED.includes(codeOf(error) ?? '')

const reasonOf = (error: unknown): string =>
  codeOf(error) ?? (error instanceof Error ? error.message : String(error))
