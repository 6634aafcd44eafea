import t from 'tap'
import { makeRunner, programEnvironment, StartError, searchPath } from './runner.ts'

const run = makeRunner(process.env)
const never = new AbortController().signal
const shell = (script: string, more: object = {}) => run({ argv: ['sh', '-c', script], ...more }, never)

t.test('output comes line by line, stdout is kept, and the exit code is told', async t => {
  const lines: string[] = []
  const result = await shell('echo one; echo two >&2; printf three; exit 3', {
    onLine: (line: string) => lines.push(line),
  })
  t.match(result, { exitCode: 3, timedOut: false, stdout: 'one\nthree\n' })
  t.strictSame(lines.sort(), ['one', 'three', 'two'])
  t.strictSame([...result.tail].sort(), ['one', 'three', 'two'])
})

t.test(
  'of a long output the first lines and the last ones are shown: many programs explain themselves at length',
  async t => {
    const { tail } = await shell('echo the reason; seq 1 100')
    t.strictSame([tail[0], tail[1], tail.at(-1), tail.length], ['the reason', '1', '100', 13])
    t.ok(tail.includes('...'), 'and it says so')
    t.equal((await shell('seq 1 12')).tail.length, 12)
  },
)

t.test('stdin is empty unless it is given', async t => {
  t.equal((await shell('cat')).stdout, '')
  t.equal((await shell('cat', { stdin: 'a\nb\n' })).stdout, 'a\nb\n')
})

t.test('a program that does not read its stdin is no failure', async t => {
  t.equal((await shell('exit 0', { stdin: 'x'.repeat(1_000_000) })).exitCode, 0)
})

t.test('there is no shell between: arguments arrive as they are', async t => {
  const { stdout } = await run({ argv: ['printf', '%s\n', '$HOME; *', "'"] }, never)
  t.equal(stdout, "$HOME; *\n'\n")
})

t.test('programs get LC_ALL=C, their own variables, and few of the caller', async t => {
  const runner = makeRunner({
    PATH: process.env['PATH'],
    API_TOKEN: 'secret',
    http_proxy: 'http://192.0.2.1:3128',
  })
  const { stdout } = await runner({ argv: ['env'], env: { NAME: 'value' } }, never)
  const variables = stdout.split('\n')
  t.ok(variables.includes('LC_ALL=C'))
  t.ok(variables.includes('NAME=value'))
  t.ok(variables.includes('http_proxy=http://192.0.2.1:3128'))
  t.notMatch(stdout, 'API_TOKEN')
})

t.test('system directories are searched although the caller does not', async t => {
  t.equal(searchPath({ PATH: '/opt/bin:/bin' }), '/opt/bin:/bin:/usr/sbin:/usr/bin:/sbin')
  t.strictSame(programEnvironment({}), { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' })
})

t.test('a program that is missing is an error of its own', async t => {
  const error = await run({ argv: ['no-such-program'] }, never).catch(thrown => thrown)
  t.ok(error instanceof StartError)
  t.equal(error.code, 'ENOENT')
  t.equal(error.message, 'program "no-such-program" could not be started (ENOENT)')
})

t.test('a signal is told as a shell tells it', async t => {
  t.equal((await shell('kill -KILL $$')).exitCode, 137)
})

t.test('at the time limit the program ends with all it started', async t => {
  const result = await shell('sleep 71.5 & sleep 71.5', { timeoutSeconds: 0.2 })
  t.equal(result.timedOut, true)
  t.equal(result.exitCode, 143)
  t.notMatch((await run({ argv: ['ps', '-eo', 'args'] }, never)).stdout, /^sleep 71\.5$/m)
})

t.test('an abort ends the program and rejects with its reason', async t => {
  const abort = new AbortController()
  const running = run({ argv: ['sleep', '72.5'] }, abort.signal)
  setTimeout(() => abort.abort(new Error('enough')), 100)
  await t.rejects(running, { message: 'enough' })
  await t.rejects(run({ argv: ['true'] }, abort.signal), { message: 'enough' })
})

t.test('a daemon that holds the output does not hold the run', async t => {
  const { stdout } = await shell('setsid sleep 600 & echo $!')
  t.ok(process.kill(Number(stdout.trim()), 'SIGKILL'))
})

t.test('a reader that fails ends the program, and the run rejects with its fault', async t => {
  const onLine = (): void => {
    throw new Error('no space left')
  }
  await t.rejects(shell('echo one; echo two; sleep 600', { onLine }), { message: 'no space left' })
})
