import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseConfigSpaceUri } from '../../model/config-space-uri.ts'
import { freePort } from '../../testing/free-port.ts'
import { startListening } from '../../testing/listening-program.ts'
import { runProgram } from '../../testing/run-program.ts'
import { makeRunner } from '../runner.ts'
import { fetchConfigSpace } from './fetch-config-space.ts'

const directory = await mkdtemp(join(tmpdir(), 'fai-classes-repository-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
const inside = (name: string): string => join(directory, name)
await mkdir(inside('space/class'), { recursive: true })
const write = (text: string): Promise<void> => writeFile(inside('space/class/50-host'), text)
await write('first')

const fetchHost = async (uri: string): Promise<string> => {
  const { value } = parseConfigSpaceUri(uri, '/')
  if (value === undefined) throw new Error(`"${uri}" is no URI`)
  const searchPath = process.env['PATH'] ?? ''
  const run = makeRunner({ ...process.env, HOME: directory })
  const signal = new AbortController().signal
  const found = await fetchConfigSpace(value, { cacheDirectory: inside('cache'), run, searchPath, signal })
  return readFile(join(found, 'class/50-host'), 'utf8')
}

const fails = (t: Test, uri: string, message: RegExp): Promise<unknown> =>
  t.rejects(fetchHost(uri), { code: 'config-space-fetch', message })

t.test('svn: a directory and svnserve with a password, as they are each time', async t => {
  const repository = `file://${inside('svn')}`
  await runProgram('svnadmin', ['create', inside('svn')])
  await runProgram('svn', ['import', '--quiet', '--message=one', inside('space'), `${repository}/trunk`])
  t.equal(await fetchHost(`svn+${repository}/trunk`), 'first')
  await runProgram('svn', ['delete', '--quiet', '--message=two', `${repository}/trunk/class`])
  await write('second')
  await runProgram('svn', ['import', '--quiet', '--message=three', inside('space'), `${repository}/trunk`])

  await writeFile(inside('svn/conf/svnserve.conf'), '[general]\nanon-access = none\npassword-db = passwd\n')
  await writeFile(inside('svn/conf/passwd'), '[users]\nfai = for tests\n')
  const port = await freePort()
  const words = ['--daemon', '--foreground', '--listen-host=127.0.0.1', `--listen-port=${port}`]
  t.teardown(await startListening(['svnserve', ...words, `--root=${directory}`], port))
  t.equal(await fetchHost(`svn://fai:for%20tests@127.0.0.1:${port}/svn/trunk`), 'second')
  await fails(
    t,
    `svn://fai:other@127.0.0.1:${port}/svn/trunk`,
    /"svn:\/\/fai@127\S+": svn: svn: E170013: .*Password incorrect/,
  )
})

t.test('hg: from its own server', async t => {
  const hg = (...words: string[]): Promise<string> =>
    runProgram('hg', ['--cwd', inside('space'), '--config', 'ui.username=fai', ...words])
  await hg('init')
  await hg('commit', '--addremove', '--quiet', '--message=one')
  const port = await freePort()
  const words = ['serve', '--cwd', inside('space'), '--address=127.0.0.1', `--port=${port}`]
  t.teardown(await startListening(['hg', ...words], port))
  t.equal(await fetchHost(`hg+http://127.0.0.1:${port}/`), 'second')
  await write('third')
  await hg('commit', '--quiet', '--message=two')
  t.equal(await fetchHost(`hg+http://127.0.0.1:${port}/`), 'third')
  await fails(t, `hg+http://127.0.0.1:${port}/none`, /: hg: abort: HTTP Error 404/)
})

/** `cvs pserver` for each connection, as inetd starts it. */
const startCvs = async (root: string): Promise<{ readonly port: number; readonly stop: () => void }> => {
  const server = createServer(socket => {
    const child = spawn('cvs', ['-f', `--allow-root=${root}`, 'pserver'])
    socket.pipe(child.stdin)
    child.stdout.pipe(socket)
    // A client that leaves early closes both.
    for (const stream of [socket, child.stdin]) stream.on('error', () => child.kill())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: () => server.close(),
  }
}

t.test('cvs: a module and its tag, from a pserver that lets anybody read', async t => {
  const root = inside('cvs')
  await runProgram('cvs', ['-d', root, 'init'])
  await writeFile(join(root, 'CVSROOT/passwd'), 'anonymous::nobody\n')
  const importSpace = `cd "$1" && cvs -Q -d "$2" import -I .hg -m change space vendor "$3"`
  await runProgram('sh', ['-c', importSpace, 'sh', inside('space'), root, 'start'])
  await write('fourth')
  await runProgram('sh', ['-c', importSpace, 'sh', inside('space'), root, 'later'])
  // A pserver works as another user than root, who leaves locks where he reads.
  await runProgram('chmod', ['a+x', directory])
  await runProgram('chmod', ['--recursive', 'a+rwX', root])
  const { port, stop } = await startCvs(root)
  t.teardown(stop)
  const uri = `cvs://anonymous@127.0.0.1:${port}${root}`
  t.equal(await fetchHost(`${uri} space`), 'fourth')
  t.equal(await fetchHost(`${uri} space=start`), 'third')
  await fails(t, `${uri} none`, /: cvs: cvs \S+ cannot find module `none'/)
})
