import { type Diagnostic, errorAt, hasErrors, type Origin, type Outcome } from '../diagnostic/diagnostic.ts'
import type { HostName } from '../model/catalog.ts'
import type { HostQuery } from '../model/host-query.ts'
import { mergeHosts, nameOf } from './order.ts'
import type { Source } from './source.ts'

/** The argument of the command line, where nothing better can be named. */
const HOST_ARGUMENT: Origin = { kind: 'option', option: 'HOST' }

/**
 * Finds the one host that HOST means (contract, section 4). Names of several
 * sources are one host where they do not contradict each other; several hosts are
 * the error `host-ambiguous`, which lists them, none is `host-not-found`.
 */
export const findHost = async (
  sources: readonly Source[],
  query: HostQuery,
  signal: AbortSignal,
): Promise<Outcome<HostName>> => {
  const { hosts, diagnostics } = await askAll(sources, query, signal)
  const [host, ...others] = hosts
  if (host === undefined) {
    const blame = diagnostics.some(({ severity }) => severity === 'error')
    return {
      value: undefined,
      diagnostics: blame ? diagnostics : [...diagnostics, hostNotFound(textOf(query))],
    }
  }
  if (others.length > 0) {
    const names = hosts.map(nameOf).join(', ')
    const message = `"${textOf(query)}" means several hosts: ${names}`
    return {
      value: undefined,
      diagnostics: [...diagnostics, errorAt('host-ambiguous', message, HOST_ARGUMENT)],
    }
  }
  return { value: host, diagnostics }
}

type Found = { readonly hosts: readonly HostName[]; readonly diagnostics: readonly Diagnostic[] }

/**
 * A short name is tried below each apex first. Where that gives no full name it is looked for among all hosts, those of a
 * server too if it lets us have them: a name without a domain, as a directory may have it, could be that of a host in
 * a zone, and its list would lack what the zone says.
 */
const askAll = async (sources: readonly Source[], query: HostQuery, signal: AbortSignal): Promise<Found> => {
  if (query.kind !== 'short') return askOnce(sources, query, signal)
  const found = await askOnce(sources, { ...query, atApexOnly: true }, signal)
  if (hasErrors(found.diagnostics) || found.hosts.some(({ fqdn }) => fqdn !== undefined)) return found
  await Promise.all(sources.map(source => source.enumerate?.(signal)))
  return askOnce(sources, query, signal)
}

const askOnce = async (sources: readonly Source[], query: HostQuery, signal: AbortSignal): Promise<Found> => {
  const answers = await Promise.all(sources.map(source => source.findHosts(query, signal)))
  return {
    hosts: mergeHosts(answers.flatMap(({ value }) => value ?? [])),
    diagnostics: answers.flatMap(({ diagnostics }) => diagnostics),
  }
}

/** The error of a host that no source knows, by the name it was asked for. */
export const hostNotFound = (name: string): Diagnostic =>
  errorAt('host-not-found', `no source knows the host "${name}"`, HOST_ARGUMENT)

const textOf = (query: HostQuery): string => {
  switch (query.kind) {
    case 'short':
    case 'fqdn':
      return query.name
    case 'mac':
      return query.mac
    case 'uuid':
      return query.uuid
    case 'ip':
      return query.ip
  }
}
