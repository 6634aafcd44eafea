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
  ['\\h', '\u00a0', true],
  ['[\\h]', '\u00a0', true],
  ['\\H', ' \t', false],
  ['[\\H]', ' \u00a0\n', true],
  ['[\\S]', '\u00a0', true],
  ['[^\\S]x', ' x', true],
  ['\\v', 'a\u0085', true],
  ['\\v', 'a\n', true],
  ['\\V', '\n', false],
  ['[\\v]', '\f', true],
  ['[\\V]', '\n\u0085', false],
  ['(?i:A)b', 'ab\n', true],
  ['\\h+x', ' \tx', true],
  ['(?i)ONE', 'one\n', true],
  ['(?m)^two$', 'one\ntwo\n', true],
  ['^two$', 'one\ntwo\n', false],
  ['(?m)one$', 'one\ntwo\n', true],
  ['one$', 'one\ntwo\n', false],
  ['(?s)one.two', 'one\ntwo\n', true],
  ['one.two', 'one\ntwo\n', false],
  ['(?is)ONE.TWO', 'one\ntwo\n', true],
  ['a\\Sc', 'a\u00a0c', true],
  ['[[:punct:]]', 'a\\', true],
  ['[\\h]x', '\tx', true],
  ['[\\x{2d}]', '-', true],
  ['\\$x', 'a $x\n', true],
  ['[.$^]', 'a\n', false],
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

const foreign = [
  ...[
    '*foo',
    'a[b',
    '[a',
    '(a',
    'a)',
    '(?R)',
    '(?{1})',
    '(?s:.)',
    '(?#c)a',
    'a++',
    'a{,3}',
    'a\\Kb',
    '\\k{n}',
    '\\b{wb}',
  ],
  ...[
    '\\p{L}',
    '[\\p{L}]',
    '[\\N{U+41}]',
    '\\o{101}',
    '\\x{263a}',
    '[\\x{263a}]',
    '[[:nonsense:]]',
    '[[:^alpha:]]',
  ],
]

for (const pattern of foreign) {
  t.test(`/${pattern}/ is none, or none that can be said here`, async t => {
    t.equal(parsePerlPattern(pattern), undefined)
  })
}
