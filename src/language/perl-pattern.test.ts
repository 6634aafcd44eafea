import t from 'tap'
import { parsePerlPattern } from './perl-pattern.ts'

/** Pattern, a line with its line feed, whether Perl finds one in the other (perlre, tried with Perl 5.36). */
const cases: readonly (readonly [pattern: string, line: string, found: boolean])[] = [
  ['one', 'line one two\n', true],
  ['^one$', 'one\n', true],
  ['^one$', 'one', true],
  ['one$', 'one two\n', false],
  ['one\\s', 'one\n', true],
  ['one.', 'one\n', false],
  ['a.c', 'a\rc\n', true],
  ['^\\s*$', ' \t\n', true],
  ['\\s', '\u00a0', false],
  ['[\\s]', '\u00a0', false],
  ['[[:space:]]+x', 'a \t x\n', true],
  ['^[[:alnum:]_]+$', 'Ab_9\n', true],
  ['[]x]', ']', true],
  ['[^]x]', ']x', false],
  ['a[[]b', 'a[b', true],
  ['\\Aone\\z', 'one\n', false],
  ['\\Aone\\Z', 'one\n', true],
  ['\\h+x', ' \tx', true],
  ['(?i)ONE', 'one\n', true],
  ['(?:a|b)+', 'xb\n', true],
  ['(?=a)a', 'a\n', true],
  ['\\x{41}', 'A', true],
  ['a{', 'a{', true],
  ['a{2}', 'baa', true],
  ['x]', 'x]', true],
  ['', 'anything\n', true],
  ['a/b', 'a/b\n', true],
  ['10\\.0\\.0\\.1\\b', '10.0.0.1 host\n', true],
]

for (const [pattern, line, found] of cases) {
  t.test(`/${pattern}/ in ${JSON.stringify(line)}: ${found}`, async t => {
    t.equal(parsePerlPattern(pattern)?.test(line), found)
  })
}

for (const pattern of ['*foo', 'a[b', '(a', 'a)', '(?R)', 'a\\Kb', 'a++', '[[:nonsense:]]', '(?{1})']) {
  t.test(`/${pattern}/ is none, or none that can be said here`, async t => {
    t.equal(parsePerlPattern(pattern), undefined)
  })
}
