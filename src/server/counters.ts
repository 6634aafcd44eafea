import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Report } from './transaction.ts'

/** What is counted while we serve. */
export type Counters = {
  readonly count: Report
  /** All of it, in the text format of Prometheus 0.0.4. */
  readonly text: () => Promise<string>
}

/** How often a server that counts for itself did something. */
export type OwnCount = { readonly type: string; readonly outcome: string; readonly count: number }

/**
 * Counts transactions by protocol, request and outcome, and what they sent; `countLeases` is asked whenever the text is. With
 * `process_*` and `nodejs_*` of this process. So is `readQueries`: answers by DNS are too many to count each by its labels.
 */
export const openCounters = (
  countLeases: () => number,
  readQueries: () => readonly OwnCount[] = () => [],
): Counters => {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  const transactions = new Counter({
    name: 'fai_classes_transactions_total',
    help: 'Requests, by what became of them.',
    labelNames: ['protocol', 'request', 'outcome'],
    registers,
  })
  const sentBytes = new Counter({
    name: 'fai_classes_sent_bytes_total',
    help: 'Octets of files that were sent.',
    labelNames: ['protocol'],
    registers,
  })
  new Gauge({
    name: 'fai_classes_leases',
    help: 'Addresses that clients have now.',
    registers,
    collect() {
      this.set(countLeases())
    },
  })
  new Counter({
    name: 'fai_classes_dns_queries_total',
    help: 'Questions to the published zone by type, and the code of their answer; limited: kept back by the rate limit.',
    labelNames: ['type', 'outcome'],
    registers,
    collect() {
      this.reset()
      for (const { type, outcome, count } of readQueries()) this.inc({ type, outcome }, count)
    },
  })
  return {
    count: ({ protocol, request, outcome, sentBytes: sent = 0 }) => {
      transactions.inc({ protocol, request, outcome })
      if (sent > 0) sentBytes.inc({ protocol }, sent)
    },
    text: () => register.metrics(),
  }
}
