import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import t from 'tap'
import {
  DEVELOPMENT_PACKAGES,
  DOORWAYS,
  NODE_DOORWAYS,
  PURE_ROOMS,
  ROOMS,
  renderRoomTable,
  WORKSHOPS,
} from './testing/rooms.ts'
import { FUNCTION_LINES, type Import, readSourceFacts, type SourceFacts } from './testing/source-facts.ts'
import { ROOT } from './testing/test-files.ts'

/** Lines that a file may have at most. */
const SOURCE_LINES = 300
const TEST_LINES = 350

/** Where a process of ours begins: the program, and the commands that scripts call. */
const ENTRIES = ['src/main.ts', 'src/tool-main.ts']

/** Names that say nothing about what is inside. */
const BANNED_NAMES = /^(utils?|helpers?|common|manager|service|data|info)$/

/** Node's own modules that a pure room must not import: input, output, other processes. */
const WORLDLY =
  /^node:(fs|net|dgram|child_process|dns|http|https|http2|tls|os|readline|worker_threads|timers)\b/

const files = globSync('src/**/*.ts', { cwd: ROOT }).sort().map(readSourceFacts)
const isTest = ({ path }: SourceFacts) => path.endsWith('.test.ts')
const sources = files.filter(file => !isTest(file))

/** The first folder below `src/`; the files directly in `src/` belong to none. */
const roomOf = (path: string): string | undefined =>
  path.split('/').length > 2 ? path.split('/')[1] : undefined
const isWorkshop = ({ path }: SourceFacts) => WORKSHOPS.includes(roomOf(path) ?? '')

const isRelative = ({ from }: Import) => from.startsWith('.')
const isPackage = ({ from }: Import) => !from.startsWith('.') && !from.startsWith('node:')
const packageOf = (from: string) => from.split('/', from.startsWith('@') ? 2 : 1).join('/')

/** The room an import leads to: `undefined` for a file directly in `src/`, `..` for one outside of it. */
const targetOf = (path: string, { from }: Import): string | undefined => {
  const target = posix.join(dirname(path), from)
  return target.startsWith('src/') ? roomOf(target) : '..'
}

/** Whether a file may import from a room. A test may also import what is made for tests. */
const mayImport = (file: SourceFacts, target: string | undefined): boolean => {
  const room = roomOf(file.path)
  if (target === '..') return true
  if (room === target) return true
  if (WORKSHOPS.includes(target ?? '')) return target === 'testing' && (isTest(file) || isWorkshop(file))
  if (target === undefined) return false
  return room === undefined || isWorkshop(file) || (ROOMS[room]?.mayImport.includes(target) ?? false)
}

/** Whether a file may import a package; types of a test's own tools are for tests, benchmarks and the build. */
const mayUse = (file: SourceFacts, name: string): boolean => {
  const inside = file.path.replace(/^src\//, '')
  if (isTest(file) || isWorkshop(file)) {
    return DEVELOPMENT_PACKAGES.includes(name) || Object.hasOwn(DOORWAYS, name)
  }
  return DOORWAYS[name]?.test(inside) ?? false
}

t.test('there are files to check', async t => {
  t.ok(sources.length > 20)
})

t.test('every folder of src is a room of the table', async t => {
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter(entry => entry.isDirectory())
  const known = [...Object.keys(ROOMS), ...WORKSHOPS]
  t.strictSame(
    folders.map(({ name }) => name).filter(name => !known.includes(name)),
    [],
  )
})

t.test('a room imports only the rooms on its line', async t => {
  const wrong = files.flatMap(file =>
    file.imports
      .filter(isRelative)
      .filter(found => !mayImport(file, targetOf(file.path, found)))
      .map(({ at, from }) => `${at} imports ${from}`),
  )
  t.strictSame(wrong, [])
})

t.test('an import names the file with its ending', async t => {
  const endless = files.flatMap(({ imports }) => imports.filter(isRelative))
  t.strictSame(
    endless.filter(({ from }) => !/\.(ts|json)$/.test(from)).map(({ at, from }) => `${at} imports ${from}`),
    [],
  )
})

t.test('each third-party package has one doorway', async t => {
  const wrong = files.flatMap(file =>
    file.imports
      .filter(isPackage)
      .filter(({ from }) => !mayUse(file, packageOf(from)))
      .map(({ at, from }) => `${at} imports ${from}`),
  )
  t.strictSame(wrong, [])
})

t.test('so have some modules of Node', async t => {
  const wrong = sources.flatMap(({ path, imports }) =>
    imports.filter(({ from }) => NODE_DOORWAYS[from]?.test(path.replace(/^src\//, '')) === false),
  )
  t.strictSame(
    wrong.map(({ at, from }) => `${at} imports ${from}`),
    [],
  )
})

t.test(
  'every package is one that package.json names, every built-in module has its node: prefix',
  async t => {
    const locked = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const declared = Object.keys({ ...locked.dependencies, ...locked.devDependencies })
    const undeclared = files.flatMap(({ imports }) =>
      imports.filter(isPackage).filter(({ from }) => !declared.includes(packageOf(from))),
    )
    t.strictSame(undeclared, [])
  },
)

t.test('pure rooms have neither input nor output, no clock and no randomness', async t => {
  const pure = sources.filter(({ path }) => PURE_ROOMS.includes(roomOf(path) ?? ''))
  const worldly = pure.flatMap(({ imports }) => imports.filter(({ from }) => WORLDLY.test(from)))
  t.strictSame(
    worldly.map(({ at, from }) => `${at} imports ${from}`),
    [],
  )
  t.strictSame(
    pure.flatMap(({ impure }) => impure),
    [],
  )
})

t.test('only the entries read the environment and the arguments, and end the process', async t => {
  const elsewhere = sources.filter(file => !ENTRIES.includes(file.path) && !isWorkshop(file))
  t.strictSame(
    elsewhere.flatMap(({ processUses }) => processUses),
    [],
  )
})

t.test('files and functions are small', async t => {
  const long = files.filter(file => file.lines > (isTest(file) ? TEST_LINES : SOURCE_LINES))
  t.strictSame(
    long.map(({ path, lines }) => `${path} has ${lines} lines`),
    [],
  )
  t.strictSame(
    sources.flatMap(({ longFunctions }) => longFunctions),
    [],
    `no function has more than ${FUNCTION_LINES} lines`,
  )
})

t.test('no name is banned, every name is kebab-case', async t => {
  const names = files.map(({ path }) => ({
    path,
    name: basename(path).replace(/(\.(root|system))?(\.test)?\.ts$/, ''),
  }))
  t.strictSame(
    names.filter(({ name }) => BANNED_NAMES.test(name) || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)),
    [],
  )
})

t.test('no file exports a default', async t => {
  t.strictSame(
    files.flatMap(({ defaultExports }) => defaultExports),
    [],
  )
})

t.test('every exported name has its sentence', async t => {
  t.strictSame(
    sources.flatMap(({ undocumented }) => undocumented),
    [],
  )
})

t.test('every room has a README', async t => {
  const rooms = new Set(files.flatMap(({ path }) => roomOf(path) ?? []))
  t.strictSame(
    [...rooms].filter(room => !existsSync(join(ROOT, 'src', room, 'README.md'))),
    [],
  )
})

t.test('README shows the same table', async t => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const block = /<!-- rooms -->\n([\s\S]*?)\n<!-- end of rooms -->/.exec(readme)?.[1]
  t.equal(block?.trim(), renderRoomTable())
})
