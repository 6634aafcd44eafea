import t from 'tap'
import { compareWithKnown, findDifferences, readKnownDifferences } from './known-differences.ts'

const README = `
<!-- etc -->
| path | FAI | here | why |
|---|---|---|---|
| \`ssh/key*.pub\` | | | drawn at random |
| \`issue\` | | | a reason |
<!-- end of etc -->
`

t.test('what no row names, and the rows that name nothing', async t => {
  const fai = new Map([
    ['ssh/key1.pub', 'a'],
    ['ssh/key1xpub', 'a'],
    ['hosts', 'a'],
    ['issue', 'same'],
  ])
  const ours = new Map([
    ['ssh/key1.pub', 'b'],
    ['issue', 'same'],
    ['new', 'b'],
  ])
  const known = readKnownDifferences(README, 'etc')
  t.strictSame(known[0], { pattern: 'ssh/key*.pub', why: 'drawn at random' })
  t.strictSame(compareWithKnown(findDifferences(fai, ours), known), {
    unnamed: [
      { name: 'hosts', fai: 'a' },
      { name: 'new', ours: 'b' },
      { name: 'ssh/key1xpub', fai: 'a' },
    ],
    idle: ['issue'],
  })
})

t.test('a README without rows names nothing', async t => {
  t.strictSame(readKnownDifferences(README, 'packages'), [])
})
