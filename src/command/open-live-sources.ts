import type { Config } from '../config/read-config.ts'
import type { SourceConfig } from '../config/schema.ts'
import { depsKind } from '../live/deps-kind.ts'
import { type FollowedFile, followFile } from '../live/follow-file.ts'
import { ldifKind } from '../live/ldif-kind.ts'
import { zoneFileKind } from '../live/zone-file-kind.ts'
import { type FollowedDns, followDns } from '../source/dns/follow-dns.ts'
import { answerNotify } from '../source/dns/notify.ts'
import { knownClassesIn } from '../source/gather.ts'
import { followLdap } from '../source/ldap/follow-ldap.ts'
import type { LiveSource } from '../source/live-source.ts'
import { dnsOptions, ldapOptions, type SharedBySources } from './open-sources.ts'

/** Sources of a configuration that are followed. */
export type LiveSources = {
  /** In configured order. */
  readonly sources: readonly LiveSource[]
  /** The answer to a NOTIFY, after which its zone is looked at; undefined for what is none. `peer` is an address without a port. */
  readonly notify: (bytes: Buffer, peer: string) => Buffer | undefined
  /** Looks at every file, and takes every zone anew, whatever dates and serials say. */
  readonly lookAgain: () => void
}

/** How sources are followed. */
export type LiveSourcesOptions = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly pollSeconds: number
  /** What was kept of a source, by its number, for it to go on from. */
  readonly restored: (source: number) => Promise<unknown>
}

/** Opens every source of a configuration to be followed. Rejects with a `SourceError` where a secret cannot be read. */
export const openLiveSources = async (config: Config, options: LiveSourcesOptions): Promise<LiveSources> => {
  const zones: FollowedDns[] = []
  const files: FollowedFile[] = []
  const sources: LiveSource[] = []
  const known = new Set(config.resolution.facts)
  const knownClasses = knownClassesIn(() => sources.map(({ source }) => source), known)
  const opening = { ...options, shared: { readers: [], knownClasses, now: options.now }, zones, files }
  for (const [index, source] of config.sources.entries()) {
    sources.push(await openLiveSource(source, index, config.resolvePath, opening))
  }
  return {
    sources,
    notify: (bytes, peer) => answerNotify(bytes, peer, zones),
    lookAgain: () => {
      for (const { lookAgain } of files) lookAgain()
      for (const { retransfer } of zones) retransfer()
    },
  }
}

type Opening = LiveSourcesOptions & {
  readonly shared: SharedBySources
  readonly zones: FollowedDns[]
  readonly files: FollowedFile[]
}

const openLiveSource = async (
  source: SourceConfig,
  index: number,
  resolvePath: (path: string) => string,
  { now, pollSeconds, restored, shared, zones, files }: Opening,
): Promise<LiveSource> => {
  const keep = <T>(opened: T, all: T[]): T => {
    all.push(opened)
    return opened
  }
  const times = { pollSeconds, now }
  switch (source.kind) {
    case 'zonefile': {
      const { zone, path, style } = source
      const kind = zoneFileKind({ zone, path: resolvePath(path), styles: style, ...shared })
      return keep(followFile(kind, times), files)
    }
    case 'ldif': {
      const { base, path, dialect } = source
      return keep(followFile(ldifKind({ base, path: resolvePath(path), dialect }), times), files)
    }
    case 'deps':
      return keep(followFile(depsKind(resolvePath(source.path)), times), files)
    case 'dns':
      return keep(
        followDns({
          ...(await dnsOptions(source, resolvePath)),
          ...shared,
          restored: await restored(index),
        }),
        zones,
      )
    case 'ldap':
      return followLdap({
        ...(await ldapOptions(source, resolvePath)),
        ...times,
        kept: await restored(index),
      })
  }
}
