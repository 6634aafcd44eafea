/** One request and what became of it: one line of the log, one step of a counter. */
export type Transaction = {
  readonly protocol: 'dhcp' | 'tftp' | 'http' | 'boot' | 'dns' | 'api' | 'source' | 'lists'
  /** MAC or address of who asked; of `source` and `lists` the name of the source. */
  readonly client: string
  /** What was asked for, out of few words, because it is counted by: `DISCOVER`, `RRQ`, `GET`. */
  readonly request: string
  /** What became of it, out of few words as well: `offer`, `ack`, `ignored`, `served`, `refused`, `failed`, `malformed`. */
  readonly outcome: string
  /** The rest of the line: addresses, names, reasons; text from the network is escaped in it. */
  readonly text: string
  /** Octets of files that were sent. */
  readonly sentBytes?: number
}

/** Takes what happened; never throws. */
export type Report = (transaction: Transaction) => void

/** An address without the prefix that a socket for IPv6 puts before one of IPv4; empty where the client is gone. Pure. */
export const toClient = (address: string | undefined): string =>
  (address ?? '').replace(/^::ffff:(?=\d+\.)/, '')

/** A text from the network as it may stand in a line: whatever is no printable ASCII becomes `\xNN` or `\u{N}`. Pure. */
export const printable = (text: string): string =>
  text.replace(/[^ -~]/gu, character => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xff ? `\\u{${code.toString(16)}}` : `\\x${code.toString(16).padStart(2, '0')}`
  })

/** The line of a log for one transaction, such as `dhcp 52:54:00:12:34:56 DISCOVER offer 192.0.2.100 web01`. Pure. */
export const formatTransaction = ({ protocol, client, request, outcome, text }: Transaction): string =>
  [protocol, client, request, outcome, text].filter(part => part !== '').join(' ')
