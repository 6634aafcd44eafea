import { join } from 'node:path'
import { readTsigSecret } from '../config/secret.ts'
import type { ServeConfig } from '../config/serve-schema.ts'
import { foldWrittenName, parseDnsName } from '../model/dns-name.ts'
import { DNS_PORT, formatServerAddress, parseServerAddress } from '../model/server-address.ts'
import type { TsigKey } from '../model/tsig-key.ts'
import { openNotifier } from '../server/dns/notify-out.ts'
import { openDnsServer } from '../server/dns/open-dns-server.ts'
import { type PublishedZone, publishZone } from '../server/dns/published-zone.ts'
import type { QueryCounts } from '../server/dns/query-counts.ts'
import type { Secondary } from '../server/dns/secondary.ts'
import { openSerialStore } from '../server/dns/serial-store.ts'
import { openTransferOut, type TransferOut, type TransferOutOptions } from '../server/dns/transfer-out.ts'
import { encodeCodeAnswer } from '../wire/dns/code-answer.ts'
import { RCODE } from '../wire/dns/rcode.ts'
import { frameMessage } from '../wire/dns/stream.ts'
import { listenAddress } from './serve-boot.ts'
import type { Live } from './serve-live.ts'
import { type Listening, type PartSetting, present } from './serve-parts.ts'
import type { ServingConfig } from './serve-wiring.ts'

/** A DNS server that listens, and has nothing to answer yet. */
export type ListeningDns = Listening & {
  /** Publishes the lists once they are whole, and tells secondaries. Throws `EnvironmentError` where serials cannot be kept. */
  readonly publish: (live: Live) => void
}

type Publishing = {
  readonly zone: PublishedZone
  readonly transfers: TransferOut
  readonly close: () => Promise<void>
}

/** Answers from the lists of `live` with authority, as `serve.dns` says; SERVFAIL until there are any. */
export const openDns = async (
  { base, stateDirectory, wiring }: PartSetting,
  counts: QueryCounts,
): Promise<ListeningDns> => {
  const { deps, report } = base
  const { config } = wiring()
  const dns = present(config.serve, 'dns').dns
  const keys = await Promise.all(dns.tsig.map(key => readTsigSecret(key, config.resolvePath)))
  const secondaries = dns.secondaries.map(secondary => toSecondary(secondary, keys))
  let live: Live | undefined
  let publishing: Publishing | undefined
  const server = await openDnsServer({
    ...{ listen: listenAddress('dns', dns.listen), keys, counts, report },
    zone: () => publishing?.zone,
    nowSeconds: () => Math.floor(deps.now() / 1000),
    notify: (bytes, client) => live?.notify(bytes, client),
    responsesPerSecond: dns.responsesPerSecond,
    transfers: {
      answerDatagram: (bytes, message, client) =>
        publishing?.transfers.answerDatagram(bytes, message, client) ??
        encodeCodeAnswer(message, RCODE.SERVFAIL),
      answerStream: async (bytes, message, socket) => {
        if (publishing !== undefined) return publishing.transfers.answerStream(bytes, message, socket)
        socket.write(frameMessage(encodeCodeAnswer(message, RCODE.SERVFAIL)))
      },
    },
  })
  return {
    line: `dns at ${formatServerAddress(server.address)}: ${dns.zone}, ${secondaries.length} secondaries`,
    publish: followed => {
      live = followed
      const serials = openSerialStore(join(stateDirectory, 'zone-serial'), Math.floor(deps.now() / 1000))
      void followed.site.whole.then(() => {
        publishing = publishLists(followed, config, { keys, secondaries, takeSerial: serials.next, base })
      })
    },
    close: async () => {
      await server.close()
      await publishing?.close()
    },
  }
}

/** Makes a zone of lists that are whole, and gives it to its secondaries from now on. */
const publishLists = (
  { site }: Live,
  config: ServingConfig,
  {
    keys,
    secondaries,
    takeSerial,
    base: { deps, report, warn },
  }: Pick<TransferOutOptions, 'keys' | 'secondaries'> & {
    readonly takeSerial: () => number
    readonly base: PartSetting['base']
  },
): Publishing => {
  const zone = publishZone(site, {
    ...zoneFields(config),
    takeSerial,
    onStalled: ({ message: text }) =>
      report({
        protocol: 'lists',
        client: present(config.serve, 'dns').dns.zone,
        request: 'PUBLISH',
        outcome: 'failed',
        text,
      }),
  })
  const transfers = openTransferOut({ zone, keys, secondaries, report, now: deps.now })
  const notifier = openNotifier({ zone, secondaries, report, now: deps.now })
  const tell = (): void => zone.findings().forEach(warn)
  tell()
  zone.onChange(tell)
  return {
    ...{ zone, transfers },
    close: async () => {
      zone.close()
      await Promise.all([transfers.close(), notifier.close()])
    },
  }
}

const toSecondary = (
  { server, key: name }: NonNullable<ServeConfig['dns']>['secondaries'][number],
  keys: readonly TsigKey[],
): Secondary => {
  const address = parseServerAddress(server, DNS_PORT)
  const key = keys.find(each => name !== undefined && foldWrittenName(each.name) === foldWrittenName(name))
  if (address === undefined || (name !== undefined && key === undefined)) {
    throw new Error(`the secondary "${server}" was not checked`)
  }
  return { server: address, ...(key === undefined ? {} : { key }) }
}

/** What stands in the zone besides lists. */
const zoneFields = (config: ServingConfig) => {
  const {
    zone,
    primary,
    mailbox = `hostmaster.${zone}`,
    nameServers = [primary],
    ttlSeconds,
  } = present(config.serve, 'dns').dns
  const bare = (name: string): string => parseDnsName(name) ?? name
  return {
    apex: bare(zone),
    primary: bare(primary),
    mailbox: bare(mailbox),
    nameServers: nameServers.map(bare),
    ttlSeconds,
    sourceApexes: config.sources.flatMap(source =>
      source.kind === 'dns' || source.kind === 'zonefile' ? [foldWrittenName(source.zone)] : [],
    ),
  }
}
