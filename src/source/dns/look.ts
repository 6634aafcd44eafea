import { SourceError } from '../../diagnostic/source-error.ts'
import { isOlderSerial } from '../../model/serial.ts'
import { formatServerAddress, type ServerAddress } from '../../model/server-address.ts'
import { incrementReader } from '../../wire/dns/incremental.ts'
import { encodeSoa, type Soa } from '../../wire/dns/soa.ts'
import type { TransferredRecord } from '../../wire/dns/transfer-reader.ts'
import { type EditResult, editOfDeltas, type ZoneEdit } from '../zone/edit.ts'
import { soaOf, type Zone } from '../zone/zone.ts'
import type { DnsClient } from './client.ts'
import { transferFrom } from './transfer.ts'
import {
  exchangeTransfer,
  TransferFailure,
  type TransferOptions,
  transferError,
} from './transfer-exchange.ts'

/** What the servers have for somebody who holds a zone, or none. */
export type Found =
  /** The same serial. */
  | { readonly kind: 'current' }
  /** A newer one, by deltas that fit what is held. */
  | { readonly kind: 'edit'; readonly edit: ZoneEdit }
  /** All of a zone: none was held, or deltas could not be had. */
  | { readonly kind: 'whole'; readonly records: readonly TransferredRecord[] }
  /** None of them has as new a serial as is held. */
  | { readonly kind: 'older'; readonly serial: number; readonly server: string }

/** How to look. */
export type LookOptions = TransferOptions & {
  /** Asks one server. */
  readonly clientOf: (server: ServerAddress) => DnsClient
  /** The zone that is held. */
  readonly held: Zone | undefined
  /** All of the zone is wanted, whatever its serial is. */
  readonly isForced: boolean
}

/**
 * Asks the servers in their order until one has what is held, or something newer, which it then gives: by IXFR (RFC 1995), by
 * AXFR where it answers that with anything that cannot be used. One that has an older serial is passed over. Rejects with a
 * `SourceError` where none of them has anything, `rejected` where the key was refused by one of them.
 */
export const lookAtServers = async (options: LookOptions, signal: AbortSignal): Promise<Found> => {
  const failures: SourceError[] = []
  let older: Found | undefined
  for (const server of options.servers) {
    try {
      const found = await lookAt(options, server, signal)
      if (found.kind !== 'older') return found
      older ??= found
    } catch (error) {
      if (error instanceof TransferFailure) failures.push(transferError(options, [error]))
      else if (error instanceof SourceError) failures.push(error)
      else throw error
    }
  }
  if (older !== undefined) return older
  throw together(options, failures)
}

const lookAt = async (options: LookOptions, server: ServerAddress, signal: AbortSignal): Promise<Found> => {
  const { zone, held, isForced } = options
  const soa = held && soaOf(held.nodes, zone)
  const whole = async (): Promise<Found> => {
    const records = await transferFrom(options, server, signal)
    return (isForced ? undefined : olderThan(soa, serialOf(records), server)) ?? { kind: 'whole', records }
  }
  if (held === undefined || soa === undefined || isForced) return whole()
  const serial = await askSerial(options, server, signal)
  if (serial === soa.serial) return { kind: 'current' }
  const older = olderThan(soa, serial, server)
  if (older !== undefined) return older
  return (await increment(options, server, { held, soa }, signal)) ?? whole()
}

type HeldZone = { readonly held: Zone; readonly soa: Soa }

/** Undefined where the server has no increment, or one that does not fit what is held. */
const increment = async (
  options: LookOptions,
  server: ServerAddress,
  { held, soa }: HeldZone,
  signal: AbortSignal,
): Promise<Found | undefined> => {
  const { zone } = options
  const readerOf = (id: number) => incrementReader(id, zone, soa.serial)
  try {
    const authorities = [encodeSoa(zone, 0, soa)]
    const reader = await exchangeTransfer(options, server, { type: 'IXFR', authorities, readerOf }, signal)
    const found = reader.increment()
    switch (found?.kind) {
      case undefined:
        return undefined
      case 'current':
        return olderThan(soa, found.soa.serial, server) ?? { kind: 'current' }
      case 'whole':
        return olderThan(soa, serialOf(found.records), server) ?? found
      case 'deltas':
        return toFound(editOfDeltas(held, found.deltas))
    }
  } catch (error) {
    // Whatever the server said to this question, the other one may be answered.
    if (error instanceof TransferFailure && error.kind !== 'failed') return undefined
    throw error
  }
}

const toFound = (result: EditResult): Found | undefined =>
  result.ok ? { kind: 'edit', edit: result.edit } : undefined

/** Neither the same nor newer, by the arithmetic of serials (RFC 1982). */
const olderThan = (
  soa: Soa | undefined,
  serial: number | undefined,
  server: ServerAddress,
): Found | undefined =>
  soa === undefined || serial === undefined || serial === soa.serial || isOlderSerial(soa.serial, serial)
    ? undefined
    : { kind: 'older', serial, server: formatServerAddress(server) }

const serialOf = ([first]: readonly TransferredRecord[]): number | undefined =>
  first?.rdata.kind === 'soa' ? first.rdata.serial : undefined

const askSerial = async (
  { name, zone, clientOf }: LookOptions,
  server: ServerAddress,
  signal: AbortSignal,
): Promise<number> => {
  const { answer } = await clientOf(server)(zone, 'SOA', zone, signal)
  const [rdata] = answer.kind === 'records' ? answer.records.map(record => record.rdata) : []
  if (rdata?.kind === 'soa') return rdata.serial
  const address = formatServerAddress(server)
  throw new SourceError(`${name}: ${address} has no SOA of ${zone}`, { kind: 'server', server: address })
}

/** One error for all servers; that of a refused key or transfer counts most. */
const together = ({ name, zone }: LookOptions, failures: readonly SourceError[]): SourceError => {
  const blamed =
    failures.find(({ rejected }) => rejected) ??
    failures.find(({ code }) => code === 'transfer-refused') ??
    failures[0]
  if (blamed === undefined) return transferError({ name, zone }, [])
  const message = [...new Set(failures.map(failure => failure.message))].join('; ')
  const { origin, rejected, code } = blamed
  return new SourceError(message, origin, { rejected, code, source: name, cause: blamed })
}
