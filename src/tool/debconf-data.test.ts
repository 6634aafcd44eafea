import t from 'tap'
import { changedLines, ownersOf, sortLines } from './debconf-data.ts'

t.test('owners: the first column, each once, without comments', async t => {
  const data =
    '# tz\ntzdata tzdata/Areas select Europe\n\n tzdata tzdata/Zones string x\nlocales locales/default select C\n#x y\n'
  t.strictSame(ownersOf(data), ['locales', 'tzdata'])
})

const cases: Record<string, { before: string; after: string; want: string }> = {
  'nothing changed': { before: 'a\nb\n', after: 'a\nb\n', want: '' },
  'one changed': { before: 'a 1\nb 1\n', after: 'a 2\nb 1\n', want: 'a 2\n' },
  'one came': { before: '', after: 'a\n', want: 'a\n' },
  'one went': { before: 'a\nb\n', after: 'b\n', want: '' },
  'one came a second time': { before: 'a\n', after: 'a\na\n', want: 'a\n' },
}

for (const [name, { before, after, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    t.equal(changedLines(before, after), want)
  })
}

t.test('lines are sorted by their bytes', async t => {
  t.equal(sortLines('b\na\nB\n\n'), 'B\na\nb\n')
})
