import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { blocksOf, readReadme } from '../testing/readme.ts'
import { ROOT } from '../testing/test-files.ts'
import { CODES } from './diagnostic.ts'

// Where a test says what it expects: its own text, a file that it compares with, an example of README that it runs.
const own = import.meta.filename
const tests = globSync('src/**/*.test.ts', { cwd: ROOT }).filter(path => join(ROOT, path) !== own)
const expected = globSync('fixtures/**/expected*', { cwd: ROOT })
const examples = blocksOf(await readReadme()).filter(({ label }) => label.startsWith('console'))
const texts = [
  ...[...tests, ...expected].map(path => readFileSync(join(ROOT, path), 'utf8')),
  ...examples.map(({ text }) => text),
].join('\n')

/** A literal of its own, or as it is printed: the title of a test that speaks of a code is no expectation. */
const EXPECTED =
  /(['"`])(?:error |warning )?(?<literal>[a-z-]+)\1|(?:error |warning |[`'^])(?<printed>[a-z-]+): /g
const known = new Set(
  [...texts.matchAll(EXPECTED)].map(({ groups }) => groups?.['literal'] ?? groups?.['printed']),
)

t.test('every code is expected by a test', async t => {
  t.strictSame(
    CODES.filter(code => !known.has(code)),
    [],
  )
})
