/** What is done with an answer: it is sent, not sent, or sent without records and with TC set, so that a real client comes over TCP. */
export type RateVerdict = 'send' | 'drop' | 'truncate'

/** Takes down an answer to a network, and says what to do with it; the time is milliseconds since any moment. */
export type RateLimit = (network: number, likeness: number, nowMs: number) => RateVerdict

/** Answers that are kept apart; a power of two. With more, the one that was not asked for longest is forgotten. */
const ENTRIES = 2 ** 16
/** Places that an answer may have. */
const WAYS = 4
/** Every so many of those that are not sent are truncated instead (as "slip 2" of others). */
const SLIP = 2
/** How many answers may come at once, in seconds of the rate. */
const BURST_SECONDS = 1

/**
 * Limits how many alike answers go to one network in a second, so that nobody can have us send much to somebody else in whose name
 * he asks: a bucket for each of them, in a table of one size. `perSecond` 0 is no limit. Pure but for the table.
 */
export const rateLimit = (perSecond: number, seed: number): RateLimit => {
  if (perSecond === 0) return () => 'send'
  const most = perSecond * BURST_SECONDS
  const keys = new Int32Array(ENTRIES)
  const tokens = new Float32Array(ENTRIES)
  const times = new Float64Array(ENTRIES).fill(Number.NEGATIVE_INFINITY)
  const dropped = new Uint8Array(ENTRIES)

  /** Of the key, or of whom it takes the place of. */
  const entryOf = (key: number): number => {
    const first = (key >>> 8) & (ENTRIES - WAYS)
    let oldest = first
    for (let at = first; at < first + WAYS; at++) {
      if (keys[at] === key) return at
      if ((times[at] as number) < (times[oldest] as number)) oldest = at
    }
    keys[oldest] = key
    tokens[oldest] = most
    dropped[oldest] = 0
    return oldest
  }
  return (network, likeness, nowMs) => {
    const at = entryOf(mixed(network, likeness, seed))
    const gained = ((nowMs - (times[at] as number)) / 1000) * perSecond
    const held = Math.min(most, (tokens[at] as number) + Math.max(0, gained))
    times[at] = nowMs
    if (held >= 1) {
      tokens[at] = held - 1
      return 'send'
    }
    tokens[at] = held
    dropped[at] = ((dropped[at] as number) + 1) % SLIP
    return dropped[at] === 0 ? 'truncate' : 'drop'
  }
}

/** 32 bits in which every bit of both counts (the finalizer of MurmurHash3). */
const mixed = (network: number, likeness: number, seed: number): number => {
  let hash = Math.imul(network ^ seed, 0x85ebca6b) ^ likeness
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/**
 * A number for the network of an address: a /24 of IPv4, a /56 of IPv6 (as others limit by), also where an IPv6 socket tells an
 * IPv4 address. `octets` holds 4 or 16 of them at `at`. Pure.
 */
export const networkOf = (octets: Buffer, at: number, length: number): number => {
  const isMapped = length === 16 && octets.readUInt32BE(at) === 0 && octets.readUInt32BE(at + 4) === 0
  if (isMapped) return networkOf(octets, at + 12, 4)
  const head = octets.readUInt32BE(at)
  return length === 4 ? head >>> 8 : Math.imul(head, 0x9e3779b1) ^ (octets.readUInt32BE(at + 3) & 0xffffff)
}
