import { printable, type Report } from '../transaction.ts'
import { type BootAnswer, type BootEvent, type BootRecord, nextState } from './state.ts'
import type { BootStore } from './store.ts'
import { hashSecret, newSecret } from './token.ts'

/** The states of all hosts, as the server sees them. Functions reject with a `BootStoreError`. */
export type BootStates = {
  readonly read: (host: string) => Promise<BootRecord>
  /** A machine asks for its script; where it is to be installed, a new token voids the one before. */
  readonly askScript: (host: string, address: string) => Promise<{ record: BootRecord; token?: string }>
  /** The host that a token or the key of a report was made for; undefined where nobody made it, or a newer one took its place. */
  readonly hostOf: (secret: string) => string | undefined
  /** Whether a token would be taken now; it is not spent. One that was spent before makes the host `failed`. */
  readonly checkToken: (host: string, token: string, address: string) => Promise<BootAnswer>
  /** Spends a token; `reportKey` is what the reports of the installation come with. */
  readonly spendToken: (
    host: string,
    token: string,
    address: string,
  ) => Promise<{ answer: BootAnswer; record: BootRecord; reportKey: string }>
  /** Leaves word of an armed host for people. */
  readonly leaveNote: (host: string, message: string) => Promise<void>
  /** Takes what an installation reports. */
  readonly takeReport: (
    host: string,
    reportKey: string,
    told: InstallReport,
  ) => Promise<{ answer: BootAnswer; record: BootRecord }>
}

/** What an installation says of itself; a `progress` without a message only asks whether it is still wanted. */
export type InstallReport =
  | { readonly kind: 'progress'; readonly message?: string }
  | { readonly kind: 'end'; readonly outcome: 'installed' | 'failed'; readonly message: string }

/** What the states are made of. */
export type BootStatesOptions = {
  readonly store: BootStore
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** As many random octets as it is asked for. */
  readonly random: (octets: number) => Buffer
  readonly report: Report
}

/**
 * Opens the states. Which host a secret is for is kept in memory, so that a wrong one costs no look at the disk: only this
 * process makes them, and the hashes of those that another one made before are read here.
 */
export const openBootStates = async ({
  store,
  now,
  random,
  report,
}: BootStatesOptions): Promise<BootStates> => {
  const secrets = secretIndex()
  for (const listed of await store.list()) {
    if ('record' in listed) secrets.keep(listed.host, listed.record)
    else report(bootLine(listed.host, 'START', 'failed', listed.error.message))
  }
  /** With `isCheck`, an event that would be taken changes nothing. */
  const apply = async (host: string, event: BootEvent, isCheck = false) => {
    const step = await store.update(host, before => {
      const next = nextState(before, event, now())
      const record = isCheck && next.answer.kind === 'taken' ? before : next.record
      return { record, answer: { record, answer: next.answer, before } }
    })
    secrets.keep(host, step.record)
    if (step.record.state !== step.before.state) {
      report(bootLine(host, REQUEST[event.kind], step.record.state, step.record.message))
    }
    return step
  }
  return {
    read: store.read,
    askScript: async (host, address) => {
      const token = newSecret(random)
      const { record } = await apply(host, { kind: 'script', tokenHash: hashSecret(token), address })
      return record.state === 'armed' ? { record, token } : { record }
    },
    hostOf: secret => secrets.hostOf(hashSecret(secret)),
    checkToken: async (host, token, address) => {
      const event = { kind: 'spend', tokenHash: hashSecret(token), address, reportKeyHash: '' } as const
      return (await apply(host, event, true)).answer
    },
    spendToken: async (host, token, address) => {
      const reportKey = newSecret(random)
      const reportKeyHash = hashSecret(reportKey)
      const event = { kind: 'spend', tokenHash: hashSecret(token), address, reportKeyHash } as const
      return { ...(await apply(host, event)), reportKey }
    },
    leaveNote: async (host, message) => void (await apply(host, { kind: 'note', message })),
    takeReport: (host, reportKey, told) => apply(host, { ...told, reportKeyHash: hashSecret(reportKey) }),
  }
}

const REQUEST: Readonly<Record<BootEvent['kind'], string>> = {
  wish: 'WISH',
  script: 'SCRIPT',
  spend: 'INSTALL',
  note: 'NOTE',
  progress: 'PROGRESS',
  end: 'END',
}

const bootLine = (host: string, request: string, outcome: string, text: string): Parameters<Report>[0] => ({
  protocol: 'boot',
  client: host,
  request,
  outcome,
  text: printable(text),
})

/** So many that one stays known although a newer one of the same host was kept first. */
const KEPT_OF_HOST = 8

/** Hosts by the hashes of their last tokens and report keys. Whether one of them holds is for the record to say. */
const secretIndex = () => {
  const hosts = new Map<string, string>()
  const hashes = new Map<string, readonly string[]>()
  return {
    hostOf: (hash: string): string | undefined => hosts.get(hash),
    keep: (host: string, { token, reportKeyHash }: BootRecord): void => {
      const present = [token?.hash, reportKeyHash].filter(hash => hash !== undefined)
      const all = [...new Set([...(hashes.get(host) ?? []), ...present])]
      for (const hash of all.slice(0, -KEPT_OF_HOST)) hosts.delete(hash)
      for (const hash of present) hosts.set(hash, host)
      hashes.set(host, all.slice(-KEPT_OF_HOST))
    },
  }
}
