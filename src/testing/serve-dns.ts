import { openDnsServer } from '../server/dns/open-dns-server.ts'
import { queryCounts } from '../server/dns/query-counts.ts'
import { openTransferOut } from '../server/dns/transfer-out.ts'
import { FLEET_KEY, fleetLists, fleetZone } from './dns-fleet.ts'

// serve-dns HOSTS RESPONSES_PER_SECOND: answers for a fleet by DNS at a free port of 127.0.0.1, which is its first line. SIGTERM
// ends it, and prints what was counted. For tests and benchmarks that measure a server in a process of its own.

const [hosts = 0, responsesPerSecond = 0] = process.argv.slice(2).map(Number)
const zone = fleetZone(fleetLists(hosts))
const counts = queryCounts()
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const report = (): void => undefined
const server = await openDnsServer({
  listen: { host: '127.0.0.1', port: 0 },
  zone: () => zone,
  keys: [FLEET_KEY],
  nowSeconds: () => Math.floor(Date.now() / 1000),
  responsesPerSecond,
  counts,
  report,
  transfers: openTransferOut({ zone, keys: [FLEET_KEY], secondaries: [], report }),
  // All clients have one address here.
  limits: { connectionsOfAddress: 1000 },
})
say(server.address.port)
process.once('SIGTERM', () => {
  say(counts.read())
  void server.close()
})
