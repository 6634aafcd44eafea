import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { makeRunner } from '../apply/runner.ts'
import { fileState } from './changed-files.ts'
import { type ScriptWatch, watchScripts } from './script-watch.ts'

const directory = mkdtempSync(join(tmpdir(), 'fai-classes-watch-'))
t.teardown(() => rmSync(directory, { recursive: true, force: true }))
const [target, logDirectory] = [join(directory, 'target'), join(directory, 'log')]
for (const path of ['etc/kept', 'usr/bin', 'var/lib/dpkg', 'var/lib/site', 'proc', 'home']) {
  mkdirSync(join(target, path), { recursive: true })
}
mkdirSync(logDirectory)
const put = (path: string, text = 'text\n'): void => writeFileSync(join(target, path), text)
put('etc/kept/file')
put('etc/gone')
symlinkSync('kept', join(target, 'etc/link'))

const watch = (known: Readonly<Record<string, string>> = {}): ScriptWatch =>
  watchScripts({ target, logDirectory }, known, makeRunner(process.env), new AbortController().signal)

/** The changes that are told of a script which does this, after a run that left the paths as `known` says. */
const changesOf = async (script: () => void, known: Readonly<Record<string, string>> = {}) => {
  const watching = watch(known)
  await watching.around('SCRIPT', async () => script())
  return watching.changes.flatMap(({ paths }) => paths)
}

const stateOf = (path: string): Promise<string> => fileState(join(target, path))

const CASES: Readonly<Record<string, [() => void, readonly string[]]>> = {
  'nothing at all': [() => {}, []],
  'reading alone': [() => readFileSync(join(target, 'etc/kept/file')), []],
  'a new file, by which its directory has another name in it': [() => put('etc/new'), ['/etc', '/etc/new']],
  'a file that is there': [() => put('etc/kept/file', 'other\n'), ['/etc/kept/file']],
  'its mode': [() => chmodSync(join(target, 'etc/kept/file'), 0o600), ['/etc/kept/file']],
  'a file that is gone, by its directory': [() => rmSync(join(target, 'etc/gone')), ['/etc']],
  'names with blanks and line ends': [
    () => put('var/lib/site/a b\nc'),
    ['/var/lib/site', '/var/lib/site/a b\nc'],
  ],
  'data of users: no deeper than three levels': [
    () => {
      mkdirSync(join(target, 'home/fai/.config/deep'), { recursive: true })
      put('home/fai/.config/file')
      put('home/fai/.config/deep/file')
    },
    ['/home', '/home/fai', '/home/fai/.config', '/home/fai/.config/deep', '/home/fai/.config/file'],
  ],
  'what package tools and the kernel write': [
    () => {
      put('var/lib/dpkg/status')
      put('proc/file')
    },
    [],
  ],
}

for (const [title, [script, want]] of Object.entries(CASES)) {
  t.test(`a script changes ${title}`, async t => {
    t.strictSame(await changesOf(script), want)
  })
}

t.test('what is written again as it was after the last run is no change', async t => {
  const known = { '/etc/kept/file': await stateOf('etc/kept/file') }
  const again = readFileSync(join(target, 'etc/kept/file'), 'utf8')
  t.strictSame(await changesOf(() => put('etc/kept/file', again), known), [])
  t.strictSame(await changesOf(() => put('etc/kept/file', `${again}more`), known), ['/etc/kept/file'])
})

t.test('each script has its own changes, and what they wrote is known for the next run', async t => {
  const watching = watch({ '/etc/other': 'absent' })
  await watching.around('A', async () => put('usr/bin/a'))
  await watching.around('B', async () => {})
  await watching.around('C', async () => put('usr/bin/a', 'another text\n'))
  t.strictSame(watching.changes, [
    { script: 'A', paths: ['/usr/bin', '/usr/bin/a'] },
    { script: 'C', paths: ['/usr/bin/a'] },
  ])
  t.strictSame([...watching.touched.keys()].sort(), ['/etc/other', '/usr/bin', '/usr/bin/a'])
  t.equal(watching.touched.get('/usr/bin/a'), await stateOf('usr/bin/a'))
})

t.test('a script that fails to start leaves no mark', async t => {
  const failing = watch().around('A', async () => {
    throw new Error('no')
  })
  await t.rejects(failing, { message: 'no' })
  t.throws(() => readFileSync(join(logDirectory, '.script-begins')), { code: 'ENOENT' })
})

t.test('the state of a path tells kind, rights and content', async t => {
  t.equal(await stateOf('etc/nothing'), 'absent')
  t.equal(await stateOf('etc/link'), 'link kept')
  t.match(await stateOf('etc'), /^directory 755 \d+:\d+ [0-9a-f]{64}$/)
  t.match(await stateOf('etc/kept/file'), /^file 600 \d+:\d+ [0-9a-f]{64}$/)
  t.match(await fileState('/dev/null'), /^special 666 \d+:\d+$/)
})

t.test('a target that has none of the places changes nowhere', async t => {
  const empty = { target: join(directory, 'log'), logDirectory }
  const watching = watchScripts(empty, {}, makeRunner(process.env), new AbortController().signal)
  await watching.around('A', async () => {})
  t.strictSame(watching.changes, [])
})
