import type { History } from '../history/open-history.ts'
import type { LiveSite } from '../live/live-site.ts'
import { formatServerAddress } from '../model/server-address.ts'
import { openApiServer } from '../server/api/open-api-server.ts'
import { lookUpIn } from './look-up.ts'
import { lookupObject } from './lookup-output.ts'
import { listenAddress } from './serve-boot.ts'
import { type Listening, type PartSetting, present } from './serve-parts.ts'
import { whatIfOf } from './serve-what-if.ts'
import type { ServingConfig } from './serve-wiring.ts'

/** An API that answers. */
export type ListeningApi = Listening & {
  /** Reads its tokens anew. Rejects with a `SourceError`, and leaves the old ones. */
  readonly rereadTokens: () => Promise<void>
}

/** Answers questions about lists by HTTP, as `serve.api` says. */
export const openApi = async (
  { base: { deps, report }, metrics }: PartSetting,
  config: ServingConfig,
  site: LiveSite,
  history: History | undefined,
): Promise<ListeningApi> => {
  const { serve, resolvePath } = config
  const { api } = present(serve, 'api')
  const { tokensFile, tls } = api
  const server = await openApiServer({
    listen: listenAddress('api', api.listen),
    tokensFile: tokensFile && resolvePath(tokensFile),
    tls: tls && {
      certFile: resolvePath(tls.certFile),
      keyFile: resolvePath(tls.keyFile),
      clientCaFile: tls.clientCaFile && resolvePath(tls.clientCaFile),
    },
    ...{ lists: site, history, metrics, report, now: deps.now },
    catalog: () => site.site().knowledge.catalog,
    explain: async (host, signal) => {
      const request = { host, facts: [], added: [], configSpaceClasses: new Set<string>(), fresh: false }
      const answer = await site.read(({ sources }) => lookUpIn(sources, config, request, signal))
      return lookupObject(answer, host, true)
    },
    whatIf: whatIfOf(config, site),
  })
  return {
    line: `api at ${formatServerAddress(server.address)}`,
    rereadTokens: server.rereadTokens,
    close: () => server.close(),
  }
}
