import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runCommand } from './command/run.ts'

const interrupted = new AbortController()
const ENDING = ['SIGINT', 'SIGTERM'] as const
const interrupt = (name: NodeJS.Signals): void => interrupted.abort(new Error(name))
for (const name of ENDING) process.once(name, interrupt)

// A reader that has seen enough, such as `head`, is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// Not awaited: the bundle is CommonJS, which has no await at its top level.
runCommand(process.argv.slice(2), {
  print: text => process.stdout.write(`${text}\n`),
  complain: text => process.stderr.write(`${text}\n`),
  ...(process.stderr.isTTY
    ? {
        terminal: {
          columns: () => process.stderr.columns,
          write: (text: string) => void process.stderr.write(text),
        },
      }
    : {}),
  setExitCode: code => {
    process.exitCode = code
  },
  signal: interrupted.signal,
  onHangUp: listener => void process.on('SIGHUP', listener),
  cwd: process.cwd(),
  configVariable: process.env['FAI_CLASSES_CONFIG'],
  environment: process.env,
  isRoot: process.getuid?.() === 0,
  hostname: hostname(),
  // Beside dist/ as beside src/.
  toolsDirectory: fileURLToPath(new URL('../bin/tools', import.meta.url)),
  nodePath: process.execPath,
  now: Date.now,
  // Not `randomUUID` itself: the bundle loads node:crypto at its first use.
  // Only planning runs programs, and what runs them takes its time to load.
  readProgram: async (...call) => (await import('./inspect/runner.ts')).readCommand(...call),
  resolvers: async () => (await import('node:dns')).getServers(),
  newUuid: () => randomUUID(),
}).finally(() => {
  // There is nothing left to be ended in order.
  for (const name of ENDING) process.off(name, interrupt)
})
