import type { DnsConnection } from '../apply/dns-transaction.ts'
import type { Config } from '../config/read-config.ts'
import type { RegisterConfig, TsigConfig } from '../config/schema.ts'
import { readTsigSecret } from '../config/secret.ts'
import { DNS_PORT, formatServerAddress, parseServerAddress } from '../model/server-address.ts'
import type { TsigKey } from '../model/tsig-key.ts'
import type { CommandDeps } from './deps.ts'

/** A configuration with a `register`. */
export type RegisteringConfig = Config & { readonly register: RegisterConfig }

/** An entry of `register.reverse`, its key read. */
export type ReverseEntry = {
  readonly zone: string
  /** The key of the entry, else that of `register`. */
  readonly key: TsigKey | undefined
  /** The server of the entry. */
  readonly connection: DnsConnection | undefined
}

/** The servers that a registration may ask, and those that the configuration names for its zones. */
export type RegisterServers = {
  /** `register.server`. */
  readonly own: DnsConnection | undefined
  readonly key: TsigKey | undefined
  /** Undefined where the configuration leaves the reverse zones to be found. */
  readonly reverse: readonly ReverseEntry[] | undefined
  /** Who is asked which zone holds a name, in this order: the server of `register`, of `dns` sources, the system's resolvers. */
  readonly asked: readonly DnsConnection[]
}

/** Reads keys and addresses of `register`; nobody is asked yet. */
export const openRegisterServers = async (
  { register, sources, resolvePath }: RegisteringConfig,
  { now, resolvers }: Pick<CommandDeps, 'now' | 'resolvers'>,
): Promise<RegisterServers> => {
  const keyOf = async (tsig: TsigConfig | undefined) => tsig && (await readTsigSecret(tsig, resolvePath))
  const connect = (text: string, key: TsigKey | undefined, isResolver = false): DnsConnection => {
    const server = parseServerAddress(text, DNS_PORT)
    if (server === undefined) throw new Error(`server "${text}" passed the schema`)
    return { server, key, isResolver, now }
  }
  const key = await keyOf(register.tsig)
  const readEntry = async (entry: NonNullable<RegisterConfig['reverse']>[number]): Promise<ReverseEntry> => {
    if (typeof entry === 'string') return { zone: entry, key, connection: undefined }
    const entryKey = (await keyOf(entry.tsig)) ?? key
    const connection = entry.server === undefined ? undefined : connect(entry.server, entryKey)
    return { zone: entry.zone, key: entryKey, connection }
  }
  const ofSources = sources.map(async source => {
    if (source.kind !== 'dns') return []
    const sourceKey = await keyOf(source.tsig)
    return source.servers.map(server => connect(server, sourceKey, source.recursive))
  })
  const own = register.server === undefined ? undefined : connect(register.server, key)
  const others = [
    ...(await Promise.all(ofSources)).flat(),
    ...(await resolvers()).map(server => connect(server, undefined, true)),
  ]
  return {
    own,
    key,
    reverse: register.reverse && (await Promise.all(register.reverse.map(readEntry))),
    asked: eachOnce(own === undefined ? others : [own, ...others]),
  }
}

const eachOnce = (connections: readonly DnsConnection[]): readonly DnsConnection[] => {
  const names = connections.map(({ server }) => formatServerAddress(server))
  return connections.filter((_, index) => names.indexOf(names[index] ?? '') === index)
}
