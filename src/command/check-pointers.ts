import { type Diagnostic, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import { findHost } from '../source/find-host.ts'
import { readRecords } from '../source/gather.ts'
import { nameOf } from '../source/order.ts'
import type { WholeSite } from './whole-site.ts'

/**
 * What a lookup by MAC or UUID would say, for all there are: the errors of the question, such as
 * `host-ambiguous` where one leads to several hosts, and the warning `host-not-found` where no source knows the host.
 */
export const checkPointers = async (
  { wholes, sources, hosts }: WholeSite,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> => {
  const known = new Set(hosts.map(nameOf))
  const found = await Promise.all(wholes.map(({ findPointers }) => findPointers(signal)))
  const byQuery = Map.groupBy(
    found.flatMap(({ pointers }) => pointers),
    ({ query }) => JSON.stringify(query),
  )
  const diagnostics = found.flatMap(outcome => outcome.diagnostics)
  for (const [first, ...others] of byQuery.values()) {
    if (first === undefined) continue
    signal.throwIfAborted()
    const { value: host, diagnostics: findings } = await findHost(sources, first.query, signal)
    const related = others.map(({ origin }) => origin)
    diagnostics.push(...findings.map(finding => placedAt(finding, first.origin, related)))
    if (host === undefined || known.has(nameOf(host))) continue
    const { value: records = [] } = await readRecords(sources, host, signal)
    if (records.some(({ record }) => record.known)) continue
    const message = `this leads to ${nameOf(host)}, which no source knows as a host`
    diagnostics.push(warningAt('host-not-found', message, first.origin, related))
  }
  return diagnostics
}

/** What a lookup blames on its argument is to be edited where the MAC or UUID stands. */
const placedAt = (diagnostic: Diagnostic, origin: Origin, related: readonly Origin[]): Diagnostic =>
  diagnostic.origin.kind === 'option'
    ? { ...diagnostic, origin, ...(related.length === 0 ? {} : { related }) }
    : diagnostic
