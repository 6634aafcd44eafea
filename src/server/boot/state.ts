import { type BootToken, isSameHash, TOKEN_LIFE_MS } from './token.ts'

/**
 * What a host does when it boots from the network.
 *
 *     local       boots its disk: also a host that nothing was ever said of
 *     armed       is installed by the next script that it asks for
 *     installing  has spent its token
 *     failed      its installation failed, or what happened cannot have been one installation
 *     rescue      boots the image and installs nothing
 */
export type BootState = (typeof BOOT_STATES)[number]

/** All of them. */
export const BOOT_STATES = ['local', 'armed', 'installing', 'failed', 'rescue'] as const

/** The state of a host's boot, as it is stored. */
export type BootRecord = {
  readonly state: BootState
  /** When it became so, in milliseconds since 1970. */
  readonly sinceMs: number
  /** What was said last, for people; what is from the network is in it as it came. */
  readonly message: string
  /** The token of the last script, until somebody decides anew what the host boots. */
  readonly token?: BootToken
  /** SHA-256 of the key that reports of this installation come with; from the use of the token on. */
  readonly reportKeyHash?: string
}

/** A host that nothing was ever said of. */
export const NEVER_ARMED: BootRecord = { state: 'local', sinceMs: 0, message: 'never armed' }

/** What an administrator may want. */
export const WISHES = ['install', 'local', 'rescue'] as const

/** One of them. */
export type Wish = (typeof WISHES)[number]

/** What happens to a host's boot. */
export type BootEvent =
  | { readonly kind: 'wish'; readonly wish: Wish }
  /** The machine asks what it boots; `tokenHash` is of a token for it, should it be installed. */
  | { readonly kind: 'script'; readonly tokenHash: string; readonly address: string }
  /** Somebody at `address` comes with a token. */
  | {
      readonly kind: 'spend'
      readonly tokenHash: string
      readonly address: string
      readonly reportKeyHash: string
    }
  /** Something for people to know of a host that is armed. */
  | { readonly kind: 'note'; readonly message: string }
  | { readonly kind: 'progress'; readonly reportKeyHash: string; readonly message?: string }
  | {
      readonly kind: 'end'
      readonly reportKeyHash: string
      readonly outcome: 'installed' | 'failed'
      readonly message: string
    }

/** Whether an event was taken; if not, why, for people. */
export type BootAnswer = { readonly kind: 'taken' } | { readonly kind: 'refused'; readonly why: string }

/** The state after an event: the same object where nothing changed. */
export type BootStep = { readonly record: BootRecord; readonly answer: BootAnswer }

/**
 * What an event makes of a state. Pure.
 *
 *     state       script       token         token again  end installed  end failed
 *     local       local        refused       failed       refused        refused
 *     armed       armed, with  installing                 refused        refused
 *                 a new token
 *     installing  failed                     failed       local          failed
 *     failed      failed       refused       failed       refused        refused
 *     rescue      rescue       refused                    refused        refused
 *
 * A wish makes any state `armed`, `local` or `rescue`, and forgets token and key. A token that is unknown, too old or comes
 * from another address is refused and changes nothing; a note changes the message alone. A repeated `end installed` is taken: its answer may have been lost.
 */
export const nextState = (record: BootRecord, event: BootEvent, nowMs: number): BootStep => {
  switch (event.kind) {
    case 'wish':
      return taken({
        state: STATE_OF[event.wish],
        sinceMs: nowMs,
        message: `asked for by boot ${event.wish}`,
      })
    case 'script':
      return askedForScript(record, event, nowMs)
    case 'spend':
      return spend(record, event, nowMs)
    case 'note':
      return taken(record.state === 'armed' ? { ...record, message: event.message } : record)
    case 'progress':
      return progress(record, event)
    case 'end':
      return end(record, event, nowMs)
  }
}

type EventOf<K extends BootEvent['kind']> = Extract<BootEvent, { kind: K }>

const STATE_OF: Readonly<Record<Wish, BootState>> = { install: 'armed', local: 'local', rescue: 'rescue' }

const taken = (record: BootRecord): BootStep => ({ record, answer: { kind: 'taken' } })
const refused = (record: BootRecord, why: string): BootStep => ({ record, answer: { kind: 'refused', why } })

const failedRecord = (record: BootRecord, message: string, nowMs: number): BootRecord => ({
  ...record,
  state: 'failed',
  sinceMs: nowMs,
  message,
})

const askedForScript = (
  record: BootRecord,
  { tokenHash, address }: EventOf<'script'>,
  nowMs: number,
): BootStep => {
  switch (record.state) {
    case 'armed': {
      const token = { hash: tokenHash, address, madeAtMs: nowMs }
      return taken({ ...record, message: `boot script given to ${address}`, token })
    }
    case 'installing':
      return taken(
        failedRecord(record, `${address} asked for a boot script before the installation had ended`, nowMs),
      )
    case 'local':
    case 'failed':
    case 'rescue':
      return taken(record)
  }
}

const spend = (
  record: BootRecord,
  { tokenHash, address, reportKeyHash }: EventOf<'spend'>,
  nowMs: number,
): BootStep => {
  const { token } = record
  if (token === undefined || !isSameHash(tokenHash, token.hash)) {
    return refused(
      record,
      record.state === 'armed' ? 'the token is not that of the last boot script' : 'the host is not armed',
    )
  }
  if (token.spentAtMs !== undefined) {
    const why = `the token was used a second time, by ${address}`
    return refused(failedRecord(record, why, nowMs), why)
  }
  if (record.state !== 'armed') return refused(record, 'the host is not armed')
  if (address !== token.address) return refused(record, `the token is for ${token.address}`)
  if (nowMs - token.madeAtMs > TOKEN_LIFE_MS) return refused(record, 'the token is older than 30 minutes')
  return taken({
    state: 'installing',
    sinceMs: nowMs,
    message: `installation begun by ${address}`,
    token: { ...token, spentAtMs: nowMs },
    reportKeyHash,
  })
}

const NOT_INSTALLING = 'this installation is no longer what the host does'

const progress = (record: BootRecord, { reportKeyHash, message }: EventOf<'progress'>): BootStep => {
  if (record.state !== 'installing' || !isSameHash(reportKeyHash, record.reportKeyHash)) {
    return refused(record, NOT_INSTALLING)
  }
  return taken(message === undefined || message === record.message ? record : { ...record, message })
}

const end = (
  record: BootRecord,
  { reportKeyHash, outcome, message }: EventOf<'end'>,
  nowMs: number,
): BootStep => {
  if (!isSameHash(reportKeyHash, record.reportKeyHash)) return refused(record, NOT_INSTALLING)
  if (record.state === 'local' && outcome === 'installed') return taken(record)
  if (record.state !== 'installing') return refused(record, NOT_INSTALLING)
  return outcome === 'installed'
    ? taken({ ...record, state: 'local', sinceMs: nowMs, message })
    : taken(failedRecord(record, message, nowMs))
}
