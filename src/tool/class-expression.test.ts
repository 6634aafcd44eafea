import t from 'tap'
import { parseClassExpression } from './class-expression.ts'

const classes = ['DEFAULT', 'A', 'B', 'web-1', 'web.example.test']

const cases: Record<string, boolean | undefined> = {
  A: true,
  C: false,
  'web-1': true,
  'web.example.test': true,
  'web-example.test': false,
  'A && C': false,
  'A&&B': true,
  'C || B': true,
  '!C': true,
  '!!A': true,
  '! ( A && C )': true,
  'C && A || B': true,
  'C && (A || B)': false,
  'A ? B : C': true,
  'C ? A : !B': false,
  '(C ? A : B) && A': true,
  TRUE: true,
  'FALSE || C': false,
  '': undefined,
  'A B': undefined,
  'A &&': undefined,
  '(A': undefined,
  'A ? B': undefined,
  'A & B': undefined,
  'C && (A': undefined,
  A$: undefined,
}

for (const [text, want] of Object.entries(cases)) {
  t.test(`"${text}" is ${want}`, async t => {
    t.equal(parseClassExpression(text, classes), want)
  })
}

t.test('deep nesting is read', async t => {
  t.equal(parseClassExpression(`${'('.repeat(500)}A${')'.repeat(500)}`, classes), true)
})
