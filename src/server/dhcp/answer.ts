import { decodeOption, OPTIONS } from '../../wire/dhcp/options.ts'
import type { BootHost } from '../boot-host.ts'
import { type Answered, type Asked, type DhcpRequest, type DhcpServer, ignored, reply } from './answered.ts'
import { clientKey, machineOf } from './client.ts'
import { type Decision, decideDhcp } from './decide.ts'
import { addressOf, giveAddress, ownAddress, QUARANTINE_MS } from './give-address.ts'
import { expireLeases, freeLease, holdLease, type Lease, leaseOf } from './lease-table.ts'
import { subnetOf } from './subnet.ts'

/** What the sources say of a client that may have an address already. */
type Known = {
  readonly host: BootHost | 'unknown'
  readonly address: string | undefined
  /** Whether that is the own address of a host, which this client is not. */
  readonly isForeign: boolean
}

/**
 * Answers a message as the server that gives addresses. Throws `WireError` where an option that counts is malformed,
 * and what the sources throw where they cannot be read. Who only renews a lease gets it all the same, without name
 * and boot file: its host was known when the lease was given.
 */
export const answerDhcp = async (server: DhcpServer, request: DhcpRequest): Promise<Answered> => {
  const subnet = subnetOf(request, server.subnets)
  if (subnet === undefined) {
    return ignored(`relay ${request.relayAddress} is on no network of serve.dhcp.subnets`)
  }
  expireLeases(server.table, server.now())
  const client = clientKey(request)
  const asked: Asked = { request, client, machine: machineOf(request), subnet, host: undefined }
  const leased = leaseOf(server.table, client, subnet.contains)
  if (!dependsOnHost(server, request)) return conclude(server, asked, leased?.address)
  const known = await askSources(server, asked).catch((error: unknown) => {
    if (leased !== undefined && isRenewal(request, leased)) return undefined
    throw error
  })
  if (known === undefined) {
    return conclude(server, asked, leased?.address, ['the sources cannot be read'])
  }
  if (known.host === 'unknown' && server.config.unknownHosts === 'ignore') return ignored('not known')
  return answerKnown(server, asked, known)
}

/** Whether the answer depends on who the client is: the message is not for another server, and gives nothing back. */
const dependsOnHost = ({ serverAddress }: DhcpServer, request: DhcpRequest): boolean => {
  const type = decodeOption(request, OPTIONS.messageType)
  const chosen = decodeOption(request, OPTIONS.serverIdentifier) ?? serverAddress
  return type === 'discover' || type === 'inform' || (type === 'request' && chosen === serverAddress)
}

/** Whether a client asks for no more than the lease that it holds. */
const isRenewal = (request: DhcpRequest, { state, address }: Lease): boolean =>
  state === 'bound' &&
  decodeOption(request, OPTIONS.messageType) === 'request' &&
  decodeOption(request, OPTIONS.serverIdentifier) === undefined &&
  (decodeOption(request, OPTIONS.requestedAddress) ?? request.clientAddress) === address

const askSources = async (server: DhcpServer, { request, ...asked }: Asked): Promise<Known> => {
  const host = await server.identify(asked.machine)
  const address = addressOf(server.table, { ...asked, host })
  const isOld =
    address !== undefined &&
    address !== ownAddress(host, asked.subnet) &&
    decodeOption(request, OPTIONS.messageType) === 'request' &&
    decodeOption(request, OPTIONS.serverIdentifier) === undefined
  const isForeign = isOld && (await server.isReserved(address))
  return { host, address, isForeign }
}

const answerKnown = async (
  server: DhcpServer,
  asked: Asked,
  { host, address, isForeign }: Known,
): Promise<Answered> => {
  const { table, now } = server
  const { request, client, machine, subnet } = asked
  if (address !== undefined && isForeign) {
    holdLease(table, { address, client: '', state: 'reserved', now: now(), ms: QUARANTINE_MS })
    const reason = `${address} is the own address of another host`
    return perform(server, { ...asked, host }, { kind: 'nak', reason }, [])
  }
  if (decodeOption(request, OPTIONS.messageType) !== 'discover') {
    return conclude(server, { ...asked, host }, address)
  }
  const requested = decodeOption(request, OPTIONS.requestedAddress)
  const seeker = { client, mac: machine.mac, host, subnet, requested }
  const given = await giveAddress(table, seeker, server)
  return conclude(server, { ...asked, host }, given.address, given.notes)
}

const conclude = (
  server: DhcpServer,
  asked: Asked,
  boundAddress: string | undefined,
  notes: readonly string[] = [],
): Promise<Answered> => {
  const { serverAddress } = server
  const isOnNetwork = asked.subnet.contains
  return perform(
    server,
    asked,
    decideDhcp(asked.request, { serverAddress, boundAddress, isOnNetwork }),
    notes,
  )
}

/** Does what was decided. A lease is on the disk before its client is told of it. */
const perform = async (
  server: DhcpServer,
  asked: Asked,
  decision: Decision,
  notes: readonly string[],
): Promise<Answered> => {
  const { table, journal, config, now } = server
  const { client } = asked
  switch (decision.kind) {
    case 'ack': {
      const ms = config.leaseSeconds * 1000
      await journal.append(
        holdLease(table, { address: decision.address, client, state: 'bound', now: now(), ms }),
      )
      return reply(server, asked, decision, notes)
    }
    case 'offer':
    case 'inform':
    case 'nak':
      return reply(server, asked, decision, notes)
    case 'decline': {
      const { address } = decision
      await journal.append(
        holdLease(table, { address, client: '', state: 'declined', now: now(), ms: QUARANTINE_MS }),
      )
      return { outcome: 'declined', text: `${address} is used by another machine` }
    }
    case 'release': {
      const { address } = decision
      await journal.append(freeLease(table, { address, client, until: now() }))
      return { outcome: 'released', text: address }
    }
    case 'withdraw': {
      const { address } = decision
      // A lease that the client had before is its own until it ends.
      if (table.leases.get(address)?.state !== 'offered') return ignored('for another server')
      freeLease(table, { address, client, until: now() })
      return { outcome: 'withdrawn', text: `${address}, another server was chosen` }
    }
    case 'ignore':
      return ignored([...notes, decision.reason].join(', '))
  }
}
