import t from 'tap'
import { openCounters } from './counters.ts'

t.test(
  'requests are counted by what became of them, octets by protocol, leases when they are asked for',
  async t => {
    let leases = 0
    const { count, text } = openCounters(
      () => leases,
      () => [{ type: 'TXT', outcome: 'NOERROR', count: 3 }],
    )
    const read = { protocol: 'tftp', client: '192.0.2.11', request: 'RRQ', text: 'snponly.efi' } as const
    count({ ...read, outcome: 'served', sentBytes: 1000 })
    count({ ...read, outcome: 'served', sentBytes: 24 })
    count({ ...read, outcome: 'refused' })
    leases = 7
    const lines = (await text()).split('\n')
    t.strictSame(
      lines.filter(line => line.startsWith('fai_classes_')),
      [
        'fai_classes_transactions_total{protocol="tftp",request="RRQ",outcome="served"} 2',
        'fai_classes_transactions_total{protocol="tftp",request="RRQ",outcome="refused"} 1',
        'fai_classes_sent_bytes_total{protocol="tftp"} 1024',
        'fai_classes_leases 7',
        'fai_classes_dns_queries_total{type="TXT",outcome="NOERROR"} 3',
      ],
    )
    t.ok(lines.some(line => line.startsWith('process_resident_memory_bytes ')))
  },
)
