import { readFile } from 'node:fs/promises'
import type { Config } from '../config/read-config.ts'
import type { SourceConfig } from '../config/schema.ts'
import { readPassword, readTsigSecret } from '../config/secret.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import { parseAge } from '../model/age.ts'
import type { ZoneReader } from '../source/dns/answer.ts'
import { type SnapshotSource, withSnapshot } from '../source/snapshot.ts'
import { snapshotStore } from '../source/snapshot-store.ts'
import type { Source } from '../source/source.ts'

/** Opened sources in configured order; `snapshots` are those of them that have a last good state behind them. */
export type OpenSources = {
  readonly sources: readonly Source[]
  readonly snapshots: readonly SnapshotSource[]
}

/** Opens every source of the configuration; connections are made when they are first needed. */
export const openSources = async (config: Config, now: () => number): Promise<OpenSources> => {
  const readers: ZoneReader[] = []
  const sources = await Promise.all(
    config.sources.map(source => openSource(source, config.resolvePath, readers, now)),
  )
  const { snapshot } = config
  if (snapshot === undefined) return { sources, snapshots: [] }
  const directory = config.resolvePath(snapshot.directory)
  const maxAgeMs = parseAge(snapshot.maxAge) ?? 0
  const snapshots = sources.map((source, index) =>
    withSnapshot(source, { store: snapshotStore(directory, config.sources[index]), maxAgeMs, now }),
  )
  return { sources: snapshots, snapshots }
}

/** `readers` is shared by all DNS sources, so that an alias is followed from one configured zone into another. */
const openSource = async (
  source: SourceConfig,
  resolvePath: (path: string) => string,
  readers: ZoneReader[],
  now: () => number,
): Promise<Source> => {
  switch (source.kind) {
    case 'zonefile': {
      const { zonefileSource } = await import('../source/zone/zonefile-source.ts')
      const { zone, path, style } = source
      return zonefileSource({ zone, path: resolvePath(path), styles: style, readers })
    }
    case 'ldif': {
      const { ldifSource } = await import('../source/ldap/ldif-source.ts')
      return ldifSource({ base: source.base, path: resolvePath(source.path) })
    }
    case 'dns': {
      const { dnsSource } = await import('../source/dns/dns-source.ts')
      const { tsig, ...rest } = source
      return dnsSource({ ...rest, readers, now, tsig: tsig && (await readTsigSecret(tsig, resolvePath)) })
    }
    case 'ldap': {
      const { ldapSource } = await import('../source/ldap/ldap-source.ts')
      const { passwordFile, caFile, ...rest } = source
      return ldapSource({
        ...rest,
        ...(passwordFile === undefined ? {} : { password: await readPassword(resolvePath(passwordFile)) }),
        ...(caFile === undefined ? {} : { ca: await readCa(resolvePath(caFile)) }),
      })
    }
    case 'deps': {
      const { depsSource } = await import('../source/deps.ts')
      return depsSource(resolvePath(source.path))
    }
  }
}

const readCa = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new SourceError('the CA certificate cannot be read', { kind: 'file', path }, { cause })
  }
}
