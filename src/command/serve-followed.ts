import { join } from 'node:path'
import { type History, openHistory } from '../history/open-history.ts'
import { parseAge } from '../model/age.ts'
import { listenForNotify } from '../server/dns/notify-listen.ts'
import { HISTORY_FILE } from './open-history-file.ts'
import { openApi } from './serve-api.ts'
import { listenAddress } from './serve-boot.ts'
import type { ListeningDns } from './serve-dns.ts'
import { listeningAt } from './serve-error.ts'
import type { ServePart } from './serve-faults.ts'
import { type Live, openLive, wantsLive } from './serve-live.ts'
import type { Listening, PartSetting } from './serve-parts.ts'
import type { ServingConfig } from './serve-wiring.ts'

/** What follows the sources, and who answers from that. */
export type Followed = {
  readonly live: Live
  /** What is served where, one line a server. */
  readonly lines: readonly string[]
  /** Looks at the sources and at the tokens anew. Rejects with a `SourceError` where the tokens cannot be read. */
  readonly reread: () => Promise<void>
}

const MEBIBYTE = 2 ** 20

/** Follows the sources, where somebody wants that; from then on DNS, the API, and the history have lists. What is opened is closed by `closers`. */
export const openFollowed = async (
  config: ServingConfig,
  part: PartSetting,
  {
    parts,
    dns,
    closers,
  }: {
    readonly parts: ReadonlySet<ServePart>
    readonly dns: ListeningDns | undefined
    readonly closers: (() => Promise<void>)[]
  },
): Promise<Followed | undefined> => {
  if (!wantsLive(config.serve, parts)) return undefined
  const {
    base: { deps, report, warn },
    stateDirectory,
  } = part
  const live = await openLive(config, { stateDirectory, now: deps.now, report, warn, say: deps.complain })
  let history: History | undefined
  closers.push(async () => {
    await live.close()
    await history?.close()
  })
  history = openHistoryOf(config, part)
  void live.site.whole.then(() => history?.follow(live.site))
  dns?.publish(live)
  const bell = config.serve.watch?.listen
  const notified =
    bell === undefined ? undefined : await listeningAt('serve.watch.listen', openBell(bell, live))
  const api = parts.has('api')
    ? await listeningAt('serve.api.listen', openApi(part, config, live.site, history))
    : undefined
  const listening = [notified, api].filter(each => each !== undefined)
  closers.push(...listening.map(({ close }) => close))
  return {
    live,
    lines: listening.map(({ line }) => line),
    reread: async () => {
      await api?.rereadTokens()
      live.lookAgain()
    },
  }
}

const openHistoryOf = (
  { serve: { history } }: ServingConfig,
  { base: { deps, report }, stateDirectory }: PartSetting,
): History | undefined =>
  history &&
  openHistory(join(stateDirectory, HISTORY_FILE), {
    maxAgeMs: parseAge(history.maxAge) ?? 0,
    maxBytes: history.maxMebibytes * MEBIBYTE,
    now: deps.now,
    onStanding: ({ phase, fault }) =>
      report({
        protocol: 'lists',
        client: 'history',
        request: 'RECORD',
        outcome: phase,
        text: fault?.message ?? '',
      }),
  })

/** NOTIFY where no zone is served. */
const openBell = async (listen: string, live: Live): Promise<Listening> => {
  const { address, close } = await listenForNotify(listenAddress('dns', listen), live.notify)
  return { line: `notify at ${address.host}:${address.port}`, close }
}
