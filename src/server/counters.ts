import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { QueryCount } from './dns/query-counts.ts'
import type { Report } from './transaction.ts'

/** What is counted while we serve. */
export type Counters = {
  readonly count: Report
  /** All of it, in the text format of Prometheus 0.0.4. */
  readonly text: () => Promise<string>
}

/**
 * Counts transactions by protocol, request and outcome, and what they sent; `countLeases` and
 * `readQueries` are asked whenever the text is. With
 * `process_*` and `nodejs_*` of this process.
 */
export const openCounters = (
  countLeases: () => number,
  readQueries: () => readonly QueryCount[],
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
  new Counter({
    name: 'fai_classes_dns_answers_total',
    help: 'Answers to questions of DNS, by type and code; limited for those that were kept back.',
    labelNames: ['type', 'outcome'],
    registers,
    collect() {
      this.reset()
      for (const { type, outcome, count } of readQueries()) this.inc({ type, outcome }, count)
    },
  })
  new Gauge({
    name: 'fai_classes_leases',
    help: 'Addresses that clients have now.',
    registers,
    collect() {
      this.set(countLeases())
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
