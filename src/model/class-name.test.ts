import t from 'tap'
import { foldClassName, parseClassName, parseClassWords, parseHostClass } from './class-name.ts'

for (const name of ['WEB', 'web', '_x', '3PAR', 'A-B', 'A_', 'A'.repeat(63)]) {
  t.test(`"${name}" is a class name`, async t => {
    t.equal(parseClassName(name), name)
  })
}

for (const name of ['', '12', '-A', 'A.B', 'A B', 'Ä', 'A/B', 'A'.repeat(64), 'A\n']) {
  t.test(`${JSON.stringify(name)} is no class name`, async t => {
    t.equal(parseClassName(name), undefined)
  })
}

t.test('only the class of a host may hold dots', async t => {
  t.equal(parseHostClass('web01.example.test'), 'web01.example.test')
  t.equal(parseHostClass('web01.'), undefined)
  t.equal(parseHostClass('a'.repeat(254)), undefined)
})

t.test('names that differ in case only are equal when folded', async t => {
  t.equal(foldClassName('Web-1'), foldClassName('WEB-1'))
  t.not(foldClassName('WEB-1'), foldClassName('WEB_1'))
})

t.test('words of a list, without those that are commented out', async t => {
  t.strictSame(parseClassWords(' DEFAULT\tWEB\n\n#OLD # LAST\n'), ['DEFAULT', 'WEB', 'LAST'])
  t.strictSame(parseClassWords(' \n'), [])
})
