import { readFile } from 'node:fs/promises'
import type { Config } from '../config/read-config.ts'
import type { SourceConfig } from '../config/schema.ts'
import { readPassword, readTsigSecret } from '../config/secret.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import { parseAge } from '../model/age.ts'
import type { ZoneReader } from '../source/dns/answer.ts'
import type { DnsOptions } from '../source/dns/dns-options.ts'
import { knownClassesIn } from '../source/gather.ts'
import type { LdapSourceOptions } from '../source/ldap/ldap-options.ts'
import { withSnapshot } from '../source/snapshot.ts'
import { NO_SNAPSHOTS, type SnapshotSet, snapshotSet } from '../source/snapshot-set.ts'
import { snapshotStore } from '../source/snapshot-store.ts'
import type { Source } from '../source/source.ts'

/** Opened sources in configured order, and the last good states behind them. */
export type OpenSources = { readonly sources: readonly Source[]; readonly snapshots: SnapshotSet }

/** How sources are opened. */
export type OpenOptions = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Classes that count as known beside the defined ones: facts, and those of a config space. */
  readonly alsoKnown: ReadonlySet<string>
  /** No snapshot answers. */
  readonly fresh: boolean
}

/**
 * Opens every source of the configuration; connections are made when they are first needed. Facts that the configuration
 * lists are known in any case.
 */
export const openSources = async (
  config: Config,
  { now, alsoKnown, fresh }: OpenOptions,
): Promise<OpenSources> => {
  const opened: Source[] = []
  const known = new Set([...alsoKnown, ...(config.resolution.facts ?? [])])
  const shared = { readers: [], knownClasses: knownClassesIn(() => opened, known), now }
  const sources = await Promise.all(
    config.sources.map(source => openSource(source, config.resolvePath, shared)),
  )
  const { snapshot } = config
  if (snapshot === undefined) {
    opened.push(...sources)
    return { sources, snapshots: NO_SNAPSHOTS }
  }
  const directory = config.resolvePath(snapshot.directory)
  const maxAgeMs = parseAge(snapshot.maxAge) ?? 0
  const kept = sources.map((source, index) =>
    withSnapshot(source, { store: snapshotStore(directory, config.sources[index]), maxAgeMs, now }),
  )
  opened.push(...kept)
  return { sources: kept, snapshots: snapshotSet(kept, directory, fresh) }
}

/** What all DNS sources of a configuration share, so that an alias is followed from one zone into another. */
export type SharedBySources = {
  readonly readers: ZoneReader[]
  readonly knownClasses: ReturnType<typeof knownClassesIn>
  readonly now: () => number
}

const openSource = async (
  source: SourceConfig,
  resolvePath: (path: string) => string,
  shared: SharedBySources,
): Promise<Source> => {
  switch (source.kind) {
    case 'zonefile': {
      const { zonefileSource } = await import('../source/zone/zonefile-source.ts')
      const { zone, path, style } = source
      return zonefileSource({ zone, path: resolvePath(path), styles: style, ...shared })
    }
    case 'ldif': {
      const { ldifSource } = await import('../source/ldap/ldif-source.ts')
      const { base, path, dialect } = source
      return ldifSource({ base, path: resolvePath(path), dialect })
    }
    case 'dns': {
      const { dnsSource } = await import('../source/dns/dns-source.ts')
      return dnsSource({ ...(await dnsOptions(source, resolvePath)), ...shared })
    }
    case 'ldap': {
      const { ldapSource } = await import('../source/ldap/ldap-source.ts')
      return ldapSource(await ldapOptions(source, resolvePath))
    }
    case 'deps': {
      const { depsSource } = await import('../source/deps.ts')
      return depsSource(resolvePath(source.path))
    }
  }
}

type OfKind<Kind> = Extract<SourceConfig, { kind: Kind }>

/** A source of kind `dns` with its secret. Rejects with a `SourceError` where that cannot be read. */
export const dnsOptions = async (
  { tsig, ...rest }: OfKind<'dns'>,
  resolvePath: (path: string) => string,
): Promise<DnsOptions> => ({ ...rest, tsig: tsig && (await readTsigSecret(tsig, resolvePath)) })

/** A source of kind `ldap` with its password and the certificate of its CA, likewise. */
export const ldapOptions = async (
  { passwordFile, caFile, ...rest }: OfKind<'ldap'>,
  resolvePath: (path: string) => string,
): Promise<LdapSourceOptions> => ({
  ...rest,
  ...(passwordFile === undefined ? {} : { password: await readPassword(resolvePath(passwordFile)) }),
  ...(caFile === undefined ? {} : { ca: await readCa(resolvePath(caFile)) }),
})

const readCa = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new SourceError('caFile cannot be read', { kind: 'file', path }, { cause })
  }
}
