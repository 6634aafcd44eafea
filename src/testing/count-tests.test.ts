import t from 'tap'
import { Parser } from 'tap-parser'
import { type FileCount, followFile } from './count-tests.ts'

/** Counts the TAP of one file; the lines are joined and the version line is added. */
const count = (lines: readonly string[], wrong?: string): FileCount => {
  const parser = new Parser()
  const counted = followFile(parser)
  parser.end(['TAP version 14', ...lines, ''].join('\n'))
  return counted(wrong)
}

const block = (title: string, inner: readonly string[], end = 'ok') => [
  `# Subtest: ${title}`,
  ...inner.map(line => `    ${line}`),
  `${end} 1 - ${title}`,
]

const cases: Record<string, { tap: readonly string[]; passed: number; failed: readonly string[] }> = {
  'block with only good assertions: passed': {
    tap: [...block('a', ['ok 1 - x', 'ok 2 - y', '1..2']), '1..1'],
    passed: 1,
    failed: [],
  },
  'block with a failed assertion: failed': {
    tap: [...block('a', ['ok 1 - x', 'not ok 2 - y', '1..2'], 'not ok'), '1..1'],
    passed: 0,
    failed: ['a'],
  },
  'skipped block: failed': { tap: ['ok 1 - a # SKIP no server', '1..1'], passed: 0, failed: ['a'] },
  'todo block: failed': { tap: ['ok 1 - a # TODO', '1..1'], passed: 0, failed: ['a'] },
  'block with a skipped part: failed': {
    tap: [...block('a', ['ok 1 - x', 'ok 2 - y # SKIP', '1..2']), '1..1'],
    passed: 0,
    failed: ['a'],
  },
  'block without an assertion: failed': { tap: [...block('a', ['1..0']), '1..1'], passed: 0, failed: ['a'] },
  'block that holds blocks: only those count': {
    tap: [...block('a', [...block('b', ['ok 1 - x', '1..1']), '1..1']), '1..1'],
    passed: 1,
    failed: [],
  },
  'block that alone went wrong: failed': {
    tap: [...block('a', [...block('b', ['ok 1 - x', '1..1']), '1..2'], 'not ok'), '1..1'],
    passed: 1,
    failed: ['a'],
  },
  'assertions outside of blocks: each counts': {
    tap: ['ok 1 - x', 'not ok 2 - y', '1..2'],
    passed: 1,
    failed: ['y'],
  },
  'file without a test: failed': { tap: ['1..0'], passed: 0, failed: ['the file as a whole'] },
}

for (const [name, { tap, passed, failed }] of Object.entries(cases)) {
  t.test(name, async t => {
    const counted = count(tap)
    t.equal(counted.passed, passed)
    t.strictSame(
      counted.failures.map(({ title }) => title.replace(/^.*> /, '')),
      failed,
    )
  })
}

t.test('a file that ended badly for no test counts as failed, with the reason', async t => {
  t.strictSame(count(['ok 1 - x', '1..1'], 'exit code 3'), {
    passed: 1,
    failures: [{ title: 'the file as a whole', detail: 'exit code 3' }],
  })
})

t.test('the detail says why', async t => {
  const [failure] = count(['ok 1 - a # SKIP no server', '1..1']).failures
  t.equal(failure?.detail, 'skipped: no server')
})
