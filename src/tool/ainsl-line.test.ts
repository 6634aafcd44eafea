import t from 'tap'
import { type LineSearch, lineToAppend } from './ainsl-line.ts'

const plain: LineSearch = {
  line: '',
  pattern: undefined,
  anyBlanks: false,
  quoteStars: false,
  quoteAll: false,
}

const cases: Record<string, { content: string; search: Partial<LineSearch>; want: string | undefined }> = {
  'empty file: the line': { content: '', search: { line: 'one' }, want: 'one\n' },
  'the line is there: nothing': { content: 'one\n', search: { line: 'one' }, want: '' },
  'part of a line is there: nothing': { content: 'one two\n', search: { line: 'one' }, want: '' },
  'tied to both ends: the line without the ties': {
    content: 'one two\n',
    search: { line: '^one$' },
    want: 'one\n',
  },
  'no line feed at the end: a line of its own': { content: 'zero', search: { line: 'one' }, want: '\none\n' },
  'parentheses and plus of a line mean themselves': {
    content: 'f(a+b)\n',
    search: { line: 'f(a+b)' },
    want: '',
  },
  'a dot of a line matches any character': { content: 'axb\n', search: { line: 'a.b' }, want: '' },
  'a pattern of its own is found': {
    content: 'PermitRootLogin yes\n',
    search: { line: 'PermitRootLogin no', pattern: '^PermitRootLogin' },
    want: '',
  },
  'a pattern of its own is not found: the line as it is': {
    content: 'x\n',
    search: { line: '^one$', pattern: '^two' },
    want: '^one$\n',
  },
  '-s: any white space': { content: 'a \t b\n', search: { line: 'a b', anyBlanks: true }, want: '' },
  '-q: a star means itself': { content: 'aaa\n', search: { line: 'a*', quoteStars: true }, want: 'a*\n' },
  '-Q: everything means itself': {
    content: 'axb (c)\n',
    search: { line: 'a.b (c)', quoteAll: true },
    want: 'a.b (c)\n',
  },
  '-Q: and is found': { content: 'a.b (c)\n', search: { line: 'a.b (c)', quoteAll: true }, want: '' },
  '-sQ: both': {
    content: 'a.b\t(c)\n',
    search: { line: 'a.b (c)', quoteAll: true, anyBlanks: true },
    want: '',
  },
  'no pattern': { content: 'a\n', search: { line: '*a' }, want: undefined },
}

for (const [name, { content, search, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    t.equal(lineToAppend(content, { ...plain, ...search }), want)
  })
}
