import { openHttpServer } from '../server/http/listen.ts'
import { openBootSite, WEB01_MAC } from './boot-site.ts'

// An HTTP server of a boot site, as a process of its own that a test may kill: `node boot-server.ts DIRECTORY`. It prints its
// port, and then the lines of its log.

const [directory = ''] = process.argv.slice(2)
const site = await openBootSite(directory, {
  leases: { macAt: address => (address === '127.0.0.1' ? WEB01_MAC : undefined) },
  onLog: line => console.log(line),
  now: Date.now,
})
const { address } = await openHttpServer({ ...site.options, listen: { host: '127.0.0.1', port: 0 } })
console.log(address.port)
