import { dnsLabels, isAtOrBelow, parseDnsName } from '../../model/dns-name.ts'
import { toWireLabels } from './wire-labels.ts'

/** What a name of the zone may have besides the labels of the apex and the zero at its end (RFC 1035, section 3.1). */
const MOST_NAME_OCTETS = 255

/**
 * The name of a host below the zone that we publish, as labels on the wire: its full name without the apex of the most specific
 * source zone that holds it, else its first label; none for a host that is an apex itself. Undefined where that can be no owner
 * of ours: it is no domain name, it is too long with our apex behind it, or it would be a wildcard (RFC 4592). Pure.
 */
export const publishedLabels = (
  host: string,
  sourceApexes: readonly string[],
  apexOctets: number,
): string | undefined => {
  const name = parseDnsName(host)
  if (name === undefined) return undefined
  const labels = toWireLabels(relativeName(name, sourceApexes))
  const isWildcard = labels.startsWith('\x01*')
  return isWildcard || labels.length + apexOctets > MOST_NAME_OCTETS ? undefined : labels
}

const relativeName = (name: string, sourceApexes: readonly string[]): string => {
  const labels = dnsLabels(name)
  const depths = sourceApexes.filter(apex => isAtOrBelow(name, apex)).map(apex => dnsLabels(apex).length)
  const kept = depths.length === 0 ? 1 : labels.length - Math.max(...depths)
  return labels.slice(0, kept).join('.')
}
