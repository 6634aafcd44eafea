import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { ClassName } from '../model/class-name.ts'
import { depsSource, parseDeps } from './deps.ts'

const signal = new AbortController().signal

t.test('names are separated by white space, and comments begin with # or ;', async t => {
  const { requires, diagnostics } = parseDeps('WEB', 'NGINX\tPHP # and more\nSSL;TLS\n\n', 'class/WEB.deps')
  t.strictSame(diagnostics, [])
  t.strictSame(
    requires.map(({ tokens, origin }) => [
      ...tokens.map(({ name }) => name),
      (origin as { line: number }).line,
    ]),
    [
      ['NGINX', 'PHP', 1],
      ['SSL', 2],
    ],
  )
})

t.test('a word that is no class name: error at its line', async t => {
  const { diagnostics } = parseDeps('WEB', 'NGINX\na.b\n', 'class/WEB.deps')
  t.match(diagnostics, [{ code: 'syntax', origin: { path: 'class/WEB.deps', line: 2 } }])
})

t.test('only regular files that are not executable count', async t => {
  const path = await mkdtemp(join(tmpdir(), 'fai-classes-deps-'))
  try {
    await writeFile(join(path, 'WEB.deps'), 'NGINX\n')
    await writeFile(join(path, 'DB.deps'), 'PG\n')
    await chmod(join(path, 'DB.deps'), 0o755)
    await mkdir(join(path, 'DIR.deps'))
    const source = depsSource(path)
    const definitions = await source.readClasses(['web', 'DB', 'DIR'] as ClassName[], signal)
    t.strictSame(
      definitions.map(({ name }) => name),
      ['WEB'],
    )
    t.equal(await source.hasDefinitions(signal), true)
  } finally {
    await rm(path, { recursive: true })
  }
})

t.test('the whole: no hosts, every definition', async t => {
  const path = t.testdir({ 'B.deps': 'C\n', 'A.deps': 'B\n', 'A-B.deps': 'A\n' })
  const { value } = await depsSource(path).readWhole(signal)
  t.strictSame(value?.hosts, [])
  t.strictSame(
    value?.definitions.map(({ name }) => name),
    ['A', 'A-B', 'B'],
  )
})

t.test('a directory that is not there cannot be read', async t => {
  const source = depsSource('/nonexistent/class')
  await t.rejects(source.hasDefinitions(signal), {
    name: 'SourceError',
    origin: { path: '/nonexistent/class' },
  })
})
