import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import { holds } from '../testing/property.ts'
import { quoteShell, shellAssignments, shellWord } from './shell-word.ts'

t.test('a single quote is closed, escaped and opened again', async t => {
  t.equal(quoteShell(''), "''")
  t.equal(quoteShell("it's"), `'it'\\''s'`)
  t.strictSame(shellAssignments({ A: 'a b', B: "'" }), ["A='a b'", `B=''\\'''`])
})

t.test('only what a shell would read otherwise is in quotes', async t => {
  for (const plain of ['/dev/vda1', 'a=b', '{p1}', 'x@y:1,2+3%']) t.equal(shellWord(plain), plain)
  for (const other of ['', 'a b', '$x', '~', 'a;b', '*', 'ä']) t.equal(shellWord(other), quoteShell(other))
})

t.test('sh reads any text back unchanged', async t => {
  const text = fc.string({ unit: 'binary', maxLength: 40 }).filter(each => !each.includes('\0'))
  holds(
    t,
    fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), texts => {
      const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${texts.map(quoteShell).join(' ')}`])
      const wanted = Buffer.from(texts.map(each => `${each}\0`).join(''))
      if (!stdout.equals(wanted)) throw new Error(stdout.toString())
    }),
    { numRuns: 30 },
  )
})
