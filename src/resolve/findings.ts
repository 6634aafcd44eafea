import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'

/** A diagnostic of a whole site: once, with the hosts that it concerns. */
export type Finding = Diagnostic & {
  /** How many hosts read what is wrong; absent where it is about no host. */
  readonly hostCount?: number
  /** The first of them. */
  readonly hosts?: readonly string[]
}

/** Gathers diagnostics of many hosts. */
export type FindingCollector = {
  readonly add: (diagnostics: readonly Diagnostic[], host?: string) => void
  /** Everything so far, in the order in which it came first. */
  readonly list: () => readonly Finding[]
}

/** How many hosts a finding names; the rest is a number. */
export const MAX_NAMED_HOSTS = 5

type Gathered = {
  readonly diagnostic: Diagnostic
  hostCount: number
  readonly hosts: string[]
  last?: string
}

/**
 * Starts a collection. Equal diagnostics are one finding; so are cycles over the same
 * places, wherever they were entered.
 */
export const collectFindings = (): FindingCollector => {
  const byKey = new Map<string, Gathered>()
  // Definitions are shared by all hosts, and so are their diagnostics: their keys are made once.
  const seen = new WeakMap<Diagnostic, Gathered>()
  const gather = (diagnostic: Diagnostic): Gathered => {
    const key = keyOf(diagnostic)
    const known = byKey.get(key) ?? { diagnostic, hostCount: 0, hosts: [] }
    byKey.set(key, known)
    seen.set(diagnostic, known)
    return known
  }
  return {
    add: (diagnostics, host) => {
      for (const diagnostic of diagnostics) {
        const gathered = seen.get(diagnostic) ?? gather(diagnostic)
        if (host === undefined || gathered.last === host) continue
        gathered.last = host
        gathered.hostCount++
        if (gathered.hosts.length < MAX_NAMED_HOSTS) gathered.hosts.push(host)
      }
    },
    list: () =>
      [...byKey.values()].map(({ diagnostic, hostCount, hosts }) =>
        hostCount === 0 ? diagnostic : { ...diagnostic, hostCount, hosts },
      ),
  }
}

/** A finding as it stands on stderr: the diagnostic, and which hosts it hits. Pure. */
export const formatFinding = ({ hostCount = 0, hosts = [], ...diagnostic }: Finding): string => {
  if (hostCount === 0) return formatDiagnostic(diagnostic)
  const more = hostCount > hosts.length ? ` and ${hostCount - hosts.length} more` : ''
  const counted = `${hostCount} ${hostCount === 1 ? 'host' : 'hosts'}`
  return `${formatDiagnostic(diagnostic)}\n  ${counted}: ${hosts.join(', ')}${more}`
}

const keyOf = (diagnostic: Diagnostic): string => {
  const { code, origin, related = [] } = diagnostic
  if (code !== 'class-cycle') return JSON.stringify(diagnostic)
  return JSON.stringify([code, ...[origin, ...related].map(place => JSON.stringify(place)).sort()])
}
