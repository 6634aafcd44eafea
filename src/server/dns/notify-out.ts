import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { formatServerAddress } from '../../model/server-address.ts'
import { encodeNotify } from '../../wire/dns/notify-query.ts'
import type { Report } from '../transaction.ts'
import { exchangeNotify } from './notify-exchange.ts'
import type { Secondary } from './secondary.ts'
import type { TransferableZone } from './zone-change.ts'

/** How secondaries are told of changes. */
export type NotifyTimes = {
  /** Between two messages to one secondary that answers. */
  readonly gapMs: number
  /** How long an answer is waited for after each time that a message was sent. */
  readonly waitsMs: readonly number[]
}

/** Half a minute in all; who was down longer asks by itself. */
const TIMES: NotifyTimes = { gapMs: 1000, waitsMs: [1000, 2000, 4000, 8000, 16_000] }

/** Who is told of what. */
export type NotifyOptions = {
  readonly zone: TransferableZone
  readonly secondaries: readonly Secondary[]
  /** The address of ours that messages leave from, by which secondaries know us; any where it is left out. */
  readonly localAddress?: string
  readonly report: Report
  /** Milliseconds since 1970, for TSIG. */
  readonly now?: () => number
  readonly times?: Partial<NotifyTimes>
}

/** Tells secondaries of changes until it is closed. */
export type Notifier = { readonly close: () => Promise<void> }

/**
 * Sends NOTIFY (RFC 1996) to each secondary now and after each change of the zone: never two at once to one of them, nor more
 * often than `gapMs`, so that changes in between are told together. One that does not acknowledge has a line of the log when
 * that begins, and another when it does again.
 */
export const openNotifier = (options: NotifyOptions): Notifier => {
  const { zone, secondaries } = options
  const closing = new AbortController()
  const tellers = secondaries.map(secondary => openTeller(secondary, options, closing.signal))
  const tellAll = (): void => {
    for (const { tell } of tellers) tell()
  }
  const forget = zone.onChange(tellAll)
  tellAll()
  return {
    close: async () => {
      forget()
      closing.abort()
      await Promise.all(tellers.map(({ whenIdle }) => whenIdle()))
    },
  }
}

type Teller = { readonly tell: () => void; readonly whenIdle: () => Promise<void> }

const openTeller = (secondary: Secondary, options: NotifyOptions, signal: AbortSignal): Teller => {
  const { zone, localAddress, report, now = Date.now, times } = options
  const { gapMs, waitsMs } = { ...TIMES, ...times }
  const client = formatServerAddress(secondary.server)
  let isWanted = false
  let running = Promise.resolve()
  let isRunning = false
  /** Undefined before the first answer. */
  let stood: 'acknowledged' | 'failed' | undefined

  const tellOnce = async (): Promise<void> => {
    const { serial, record } = zone.soa()
    const message = encodeNotify(randomInt(0x10000), record)
    const nowSeconds = Math.floor(now() / 1000)
    const exchange = { secondary, message, localAddress, waitsMs, nowSeconds, signal }
    const fault = await exchangeNotify(exchange)
    const outcome = fault === undefined ? 'acknowledged' : 'failed'
    if (signal.aborted || outcome === stood) return
    stood = outcome
    const text = fault === undefined ? `serial ${serial}` : `serial ${serial}: ${fault}`
    report({ protocol: 'dns', client, request: 'NOTIFY', outcome, text })
  }
  const run = async (): Promise<void> => {
    while (isWanted && !signal.aborted) {
      isWanted = false
      await tellOnce()
      await delay(gapMs, undefined, { signal }).catch(() => undefined)
    }
    isRunning = false
  }
  return {
    tell: () => {
      isWanted = true
      if (isRunning) return
      isRunning = true
      running = run()
    },
    whenIdle: () => running,
  }
}
