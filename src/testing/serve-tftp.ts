import { TFTP_LIMITS } from '../server/tftp/limits.ts'
import { openTftpServer } from '../server/tftp/open-tftp-server.ts'

// serve-tftp ROOT: serves a directory by TFTP at a free port of 127.0.0.1, which is its first line. Each transaction is one
// more, as JSON, and SIGTERM ends it. For tests and benchmarks that measure a server in a process of its own.

const [root = ''] = process.argv.slice(2)
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const server = await openTftpServer({
  listen: { host: '127.0.0.1', port: 0 },
  root,
  generated: async () => undefined,
  report: say,
  // All clients have one address here.
  limits: { transfersOfClient: TFTP_LIMITS.transfers },
})
say(server.address.port)
process.once('SIGTERM', () => void server.close())
