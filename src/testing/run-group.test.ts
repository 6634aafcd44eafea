import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { runGroup } from './run-group.ts'

const never = new AbortController().signal

const run = async (script: string, timeoutMs: number, signal = never) => {
  let stdout = ''
  const end = await runGroup({
    file: '/bin/sh',
    args: ['-c', script],
    env: { PATH: process.env['PATH'] },
    timeoutMs,
    signal,
    onStdout: chunk => {
      stdout += chunk
    },
    onStderr: () => {},
  })
  return { ...end, stdout }
}

t.test('output and exit code of a program that ends by itself', async t => {
  t.strictSame(await run('echo done; exit 3', 60_000), { code: 3, fault: undefined, stdout: 'done\n' })
})

t.test('a program over its time is ended', async t => {
  t.match(await run('sleep 600', 100), {
    code: undefined,
    fault: /^not done after 0\.1 s; still running: .*sleep 600/,
  })
})

/** Resolves when a process is gone; a zombie, where nobody reaps it, has no command line any more. */
const gone = async (pid: string): Promise<void> => {
  while ((await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')) !== '') await delay(20)
}

t.test('what a program leaves running is ended and told', async t => {
  const { code, fault, stdout } = await run('sleep 600 </dev/null >/dev/null 2>&1 & echo $!', 60_000)
  t.equal(code, 0)
  t.equal(fault, 'left running: sleep 600')
  await gone(stdout.trim())
})

t.test('what has left the group is ended too', async t => {
  const { fault, stdout } = await run('setsid sleep 600 </dev/null >/dev/null 2>&1 & echo $!', 60_000)
  t.equal(fault, undefined)
  await gone(stdout.trim())
})

t.test('an abort ends the group', async t => {
  const stop = new AbortController()
  const ended = run('sleep 600', 60_000, stop.signal)
  stop.abort()
  t.match(await ended, { fault: /^interrupted/ })
})

t.test('a program that is not there is told', async t => {
  const end = await runGroup({
    file: '/nonexistent/program',
    args: [],
    env: {},
    timeoutMs: 1000,
    signal: never,
    onStdout: () => {},
    onStderr: () => {},
  })
  t.match(end, { code: undefined, fault: /could not be started/ })
})
