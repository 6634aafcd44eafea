import { fileURLToPath } from 'node:url'
import { runCommand } from '../command/run.ts'
import { readCommand } from '../inspect/runner.ts'

// `fai-classes` for tests of disks: every run of it gets the same UUIDs, so that what two runs leave can be compared
// octet by octet. $TEST_UUIDS are their first eight digits, and
// $TEST_LIMIT is how many seconds a program may take.

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interrupted.abort(new Error(name)))

let uuids = 0

void runCommand(process.argv.slice(2), {
  print: text => process.stdout.write(`${text}\n`),
  complain: text => process.stderr.write(`${text}\n`),
  setExitCode: code => {
    process.exitCode = code
  },
  signal: interrupted.signal,
  onHangUp: () => {},
  cwd: process.cwd(),
  configVariable: undefined,
  environment: process.env,
  isRoot: true,
  hostname: '',
  // It is bundled as if it were src/main.ts.
  toolsDirectory: fileURLToPath(new URL('../bin/tools', import.meta.url)),
  nodePath: process.execPath,
  now: Date.now,
  readProgram: readCommand,
  resolvers: async () => [],
  ...(process.env['TEST_LIMIT'] === undefined ? {} : { limitSeconds: Number(process.env['TEST_LIMIT']) }),
  newUuid: () =>
    `${process.env['TEST_UUIDS'] ?? 'aaaaaaaa'}-0000-4000-8000-${String(++uuids).padStart(12, '0')}`,
})
