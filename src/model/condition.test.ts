import t from 'tap'
import type { ClassName } from './class-name.ts'
import { classesOfCondition, isConditionTrue, parseCondition } from './condition.ts'

const present = new Set(['A', 'B', 'C-D'])

const cases: Record<string, boolean> = {
  A: true,
  X: false,
  '!X': true,
  '!!A': true,
  'A && B': true,
  'A&&X': false,
  'X || B': true,
  'X||A&&X': false,
  '(X || A) && B': true,
  '!(A && B) || C-D': true,
  ' ( ( A ) ) ': true,
}

for (const [text, want] of Object.entries(cases)) {
  t.test(`${text} is ${want} where A, B and C-D are present`, async t => {
    const parsed = parseCondition(text)
    t.ok(parsed.ok)
    if (parsed.ok)
      t.equal(
        isConditionTrue(parsed.condition, (name: ClassName) => present.has(name)),
        want,
      )
  })
}

for (const text of ['', 'A B', 'A &&', '|| A', '(A', 'A)', '!', 'A & B', '12', 'A && 12']) {
  t.test(`"${text}" is no condition`, async t => {
    t.match(parseCondition(text), { ok: false, reason: 'syntax' })
  })
}

t.test('nesting is bounded, by parentheses and by negations', async t => {
  t.match(parseCondition(`${'('.repeat(64)}A${')'.repeat(64)}`), { ok: true })
  t.match(parseCondition(`${'!'.repeat(64)}A`), { ok: true })
  t.match(parseCondition(`${'!'.repeat(65)}A`), { ok: false, reason: 'too-deep' })
})

t.test('classes are named in the order written', async t => {
  const parsed = parseCondition('B && !(A || C)')
  t.strictSame(parsed.ok && classesOfCondition(parsed.condition), ['B', 'A', 'C'])
})

t.test('one of two by a third, where choices are allowed', async t => {
  const parsed = parseCondition('A ? X : B ? B : C-D', { choices: true })
  t.ok(parsed.ok)
  if (!parsed.ok) return
  t.equal(
    isConditionTrue(parsed.condition, (name: ClassName) => present.has(name)),
    false,
  )
  t.equal(
    isConditionTrue(parsed.condition, name => name === 'B'),
    true,
  )
  t.strictSame(classesOfCondition(parsed.condition), ['A', 'X', 'B', 'B', 'C-D'])
  t.match(parseCondition('A ? X : B'), { ok: false, reason: 'syntax', offset: 1 })
  t.match(parseCondition(`${'A ? B : '.repeat(65)}C`, { choices: true }), { ok: false, reason: 'too-deep' })
})
