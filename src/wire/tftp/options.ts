import { MAX_BLOCK_SIZE, type TftpOptions } from './packet.ts'

/** The most that is granted to one client, whatever it asks for. */
export type OptionLimits = {
  /** Octets of a block. */
  readonly blockSize: number
  /** Blocks of a window. */
  readonly windowSize: number
  /** Octets of a window: what one client may occupy in memory and fill the wire with at once. */
  readonly windowBytes: number
}

/** What a transfer goes by; `accepted` is what OACK says, and without an entry there is no OACK. */
export type Negotiated = {
  readonly blockSize: number
  readonly windowSize: number
  /** Seconds until a packet is repeated; `undefined` where the client leaves it to the server. */
  readonly timeoutSeconds: number | undefined
  readonly accepted: TftpOptions
}

/** Limits for a server that knows of no reason for lower ones. */
export const OPTION_LIMITS: OptionLimits = {
  blockSize: MAX_BLOCK_SIZE,
  windowSize: 64,
  windowBytes: 1024 * 1024,
}

const DEFAULT_BLOCK_SIZE = 512
const DEFAULT_WINDOW_SIZE = 1

/**
 * Decides on the options of a read request for a file of `sizeBytes`, which is `undefined` where nobody
 * knows it, as before the conversion to netascii (RFC 2347; blksize: RFC 2348; timeout, tsize: RFC 2349;
 * windowsize: RFC 7440). An option that is not accepted is as though it had not been asked for.
 *
 *     option      value                 accepted as
 *     blksize     8 and above           the least of it, 65,464 and the limit
 *     windowsize  1 and above           the least of it, the limit and what fits into `windowBytes`, at least 1
 *     timeout     1 to 255              itself: no other value may be answered
 *     tsize       a number, size known  the size of the file
 *     tsize       a number              not
 *     any         anything else         not
 *     another     anything              not
 */
export const negotiateOptions = (
  asked: TftpOptions,
  sizeBytes: number | undefined,
  limits: OptionLimits = OPTION_LIMITS,
): Negotiated => {
  const blockSize = capped(numberIn(asked, 'blksize', 8), Math.min(MAX_BLOCK_SIZE, limits.blockSize))
  const fitting = Math.floor(limits.windowBytes / (blockSize ?? DEFAULT_BLOCK_SIZE))
  const windowSize = capped(
    numberIn(asked, 'windowsize', 1),
    Math.max(1, Math.min(limits.windowSize, fitting)),
  )
  const timeoutSeconds = numberIn(asked, 'timeout', 1, 255)
  const answers = {
    blksize: blockSize,
    windowsize: windowSize,
    timeout: timeoutSeconds,
    tsize: numberIn(asked, 'tsize', 0) === undefined ? undefined : sizeBytes,
  }
  return {
    blockSize: blockSize ?? DEFAULT_BLOCK_SIZE,
    windowSize: windowSize ?? DEFAULT_WINDOW_SIZE,
    timeoutSeconds,
    accepted: new Map(
      Object.entries(answers).flatMap(([name, answer]) =>
        answer === undefined ? [] : [[name, String(answer)]],
      ),
    ),
  }
}

/** A decimal number as an option writes it, within its bounds; `undefined` for anything else. */
const numberIn = (
  options: TftpOptions,
  name: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined => {
  const text = options.get(name) ?? ''
  if (!/^[0-9]{1,20}$/.test(text)) return undefined
  const value = Number(text)
  return value >= least && value <= most ? value : undefined
}

const capped = (value: number | undefined, most: number): number | undefined =>
  value === undefined ? undefined : Math.min(value, most)
