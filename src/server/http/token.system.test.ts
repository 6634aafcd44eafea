import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { SCRIPT, tokenIn } from '../../testing/boot-client.ts'
import { bootDirectory, openBootSite, WEB01 } from '../../testing/boot-site.ts'
import { ROOT } from '../../testing/golden.ts'

// Tokens over real connections: curl, several addresses of this machine, a server that is killed and started again.

const run = promisify(execFile)

/** A server as a process of its own. */
const startServer = async (t: Test, directory: string) => {
  const program = join(ROOT, 'src/testing/boot-server.ts')
  const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => kill(child))
  const log: string[] = []
  const lines = createInterface({ input: child.stdout })
  const [port] = (await once(lines, 'line')) as [string]
  lines.on('line', line => log.push(line))
  return { child, log, url: `http://127.0.0.1:${port}` }
}

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const curl = async (...args: string[]) => {
  const { stdout } = await run('curl', [
    '--silent',
    '--max-time',
    '60',
    '--write-out',
    '\n%{http_code}',
    ...args,
  ])
  const end = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) }
}

const install = (url: string, token: string, ...args: string[]) =>
  curl(...args, '--header', `Authorization: Bearer ${token}`, '--data', '{"facts":["EFI"]}', `${url}/install`)

const end = (url: string, key: string, outcome: string) =>
  curl(
    '--header',
    `Authorization: Bearer ${key}`,
    '--data',
    JSON.stringify({ outcome, message: 'told' }),
    `${url}/report/end`,
  )

const keyIn = (text: string): string => (JSON.parse(text) as { reportKey: string }).reportKey

const open = async (t: Test) => {
  const directory = await bootDirectory(t)
  const { store, wish } = await openBootSite(directory, { now: Date.now })
  const stateOf = async () => (await store.read(WEB01.fqdn)).state
  return { directory, wish, stateOf, start: () => startServer(t, directory) }
}

t.test('a host that is armed while the server runs: script, order, end, local', async t => {
  const { wish, stateOf, start } = await open(t)
  const { url, log } = await start()
  t.match((await curl(url + SCRIPT)).text, '# web01.example.test: local')
  await wish('install')
  const token = tokenIn((await curl(url + SCRIPT)).text)
  const order = await install(url, token)
  t.equal(order.status, 200)
  t.equal((await end(url, keyIn(order.text), 'installed')).status, 204)
  t.equal(await stateOf(), 'local')
  t.match((await curl(url + SCRIPT)).text, '# web01.example.test: local')
  t.notOk(log.join('\n').includes(token), 'no token in the log')
  t.notOk(log.join('\n').includes(keyIn(order.text)), 'no key in the log')
})

t.test('another address has neither the script nor the order, and spends nothing', async t => {
  const { wish, stateOf, start } = await open(t)
  await wish('install')
  const { url } = await start()
  const token = tokenIn((await curl(url + SCRIPT)).text)
  t.equal((await curl('--interface', '127.0.0.2', url + SCRIPT)).status, 403)
  t.equal((await install(url, token, '--interface', '127.0.0.2')).status, 403)
  t.equal(await stateOf(), 'armed')
  t.equal((await install(url, token)).status, 200)
})

t.test(
  'a server that is killed between script and use, and between use and end, knows both after it',
  async t => {
    const { wish, stateOf, start } = await open(t)
    await wish('install')
    const first = await start()
    const token = tokenIn((await curl(first.url + SCRIPT)).text)
    await kill(first.child)
    const second = await start()
    const order = await install(second.url, token)
    t.equal(order.status, 200)
    await kill(second.child)
    const third = await start()
    t.equal(await stateOf(), 'installing')
    t.equal((await end(third.url, keyIn(order.text), 'installed')).status, 204)
    t.equal(await stateOf(), 'local')
  },
)

t.test('a token used again after the server was killed: 403, failed, and so after another start', async t => {
  const { wish, stateOf, start } = await open(t)
  await wish('install')
  const first = await start()
  const token = tokenIn((await curl(first.url + SCRIPT)).text)
  const order = await install(first.url, token)
  await kill(first.child)
  const second = await start()
  t.equal((await install(second.url, token, '--interface', '127.0.0.2')).status, 403)
  t.equal(await stateOf(), 'failed')
  await kill(second.child)
  const third = await start()
  t.equal((await end(third.url, keyIn(order.text), 'installed')).status, 409)
  t.equal(await stateOf(), 'failed')
  t.match((await curl(third.url + SCRIPT)).text, '# web01.example.test: failed')
})

t.test('of ten that come with one token at one moment, one gets the order', async t => {
  const { wish, stateOf, start } = await open(t)
  await wish('install')
  const { url } = await start()
  const token = tokenIn((await curl(url + SCRIPT)).text)
  const answers = await Promise.all(Array.from({ length: 10 }, () => install(url, token)))
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  t.equal(answers.filter(({ status }) => status === 403).length, 9)
  t.equal(await stateOf(), 'failed')
})

t.test('killed at any moment: a token that gave an order once gives none again', async t => {
  const { wish, stateOf, start } = await open(t)
  for (let round = 0; round < 5; round++) {
    await wish('install')
    const { url, child } = await start()
    const token = tokenIn((await curl(url + SCRIPT)).text)
    const asked = install(url, token).catch(() => undefined)
    setTimeout(() => child.kill('SIGKILL'), round * 4)
    const given = await asked
    await kill(child)
    const state = await stateOf()
    t.ok(state === 'armed' || state === 'installing', state)
    if (given?.status === 200) t.equal(state, 'installing', 'it was on the disk before it was given')
    const again = await start()
    t.equal((await install(again.url, token)).status, state === 'armed' ? 200 : 403)
    await kill(again.child)
  }
})

t.test('logs: an archive is kept as it came, one of more than 64 MiB is not, and leaves nothing', async t => {
  const { directory, wish, stateOf, start } = await open(t)
  await wish('install')
  const { url } = await start()
  const order = await install(url, tokenIn((await curl(url + SCRIPT)).text))
  const put = (name: string, bytes: number, ...args: string[]) =>
    run('sh', [
      '-c',
      'head -c "$1" /dev/zero | { shift; curl --silent "$@"; }',
      'sh',
      String(bytes),
      ...args,
      '--write-out',
      '%{http_code}',
      '--header',
      `Authorization: Bearer ${keyIn(order.text)}`,
      '--upload-file',
      '-',
      `${url}/report/log/${name}`,
    ])
  t.match((await put('whole.tar.gz', 5_000_000)).stdout, '204')
  t.match((await put('large.tar.gz', 2 ** 26 + 1)).stdout, '413')
  const { stdout } = await run('find', [join(directory, 'state/logs'), '-type', 'f', '-printf', '%f %s\n'])
  t.equal(stdout, 'whole.tar.gz 5000000\n')
  t.equal(await stateOf(), 'installing')
})
