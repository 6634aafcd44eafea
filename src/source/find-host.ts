import { type Diagnostic, errorAt, type Origin, type Outcome } from '../diagnostic/diagnostic.ts'
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
  const answers = await Promise.all(sources.map(source => source.findHosts(query, signal)))
  const diagnostics: Diagnostic[] = answers.flatMap(answer => [...answer.diagnostics])
  const hosts = mergeHosts(answers.flatMap(({ value }) => value ?? []))
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
