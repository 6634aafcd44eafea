/** What one server spends, whoever asks. */
export type TftpLimits = {
  /** Transfers at once; each has a socket. */
  readonly transfers: number
  /** Transfers at once to one address. */
  readonly transfersOfClient: number
  /** Octets of a window at most; a transfer keeps two windows and two pieces of 64 KiB in memory. */
  readonly windowBytes: number
  /** Until what was not answered is sent again, where the client did not ask for a time of its own; doubled each time. */
  readonly firstTimeoutMs: number
  /** What that is doubled up to. */
  readonly mostTimeoutMs: number
  /** About how long a client may be silent before it is given up. */
  readonly silenceMs: number
  /** How long `close` waits for transfers in flight. */
  readonly closeMs: number
}

/** For some hundred machines that boot at once: half a gigabyte at the very most. */
export const TFTP_LIMITS: TftpLimits = {
  transfers: 1000,
  transfersOfClient: 64,
  windowBytes: 128 * 1024,
  firstTimeoutMs: 500,
  mostTimeoutMs: 8000,
  silenceMs: 30_000,
  closeMs: 60_000,
}

/**
 * How long to wait for an answer after each time that something was sent, in milliseconds: the time that the client asked
 * for (RFC 2349), else the doubled one. There are as many as fit into `silenceMs`, and at least three. Pure.
 */
export const timeoutsMs = (
  { firstTimeoutMs, mostTimeoutMs, silenceMs }: TftpLimits,
  askedSeconds: number | undefined,
): readonly number[] => {
  const waits: number[] = []
  for (let waited = 0; waited < silenceMs || waits.length < 3; waited += waits.at(-1) ?? 0) {
    const doubled = Math.min(mostTimeoutMs, firstTimeoutMs * 2 ** waits.length)
    waits.push(askedSeconds === undefined ? doubled : askedSeconds * 1000)
  }
  return waits
}
