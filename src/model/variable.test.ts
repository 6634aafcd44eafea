import t from 'tap'
import { parseVariable } from './variable.ts'

const origin = { kind: 'entry', dn: 'cn=web01', attribute: 'faiVariableSetting' } as const

const good: Record<string, [string, string]> = {
  'A=1': ['A', '1'],
  '_x9=a=b': ['_x9', 'a=b'],
  'EMPTY=': ['EMPTY', ''],
  "QUOTE=it's ü\n": ['QUOTE', "it's ü\n"],
}
for (const [text, [name, value]] of Object.entries(good)) {
  t.test(`${JSON.stringify(text)} sets ${name}`, async t => {
    t.strictSame(parseVariable(text, origin), { value: { name, value, origin }, diagnostics: [] })
  })
}

const bad = [
  'NOEQUALS',
  '=x',
  '9A=x',
  'A-B=x',
  `${'A'.repeat(129)}=x`,
  'NUL=a\0b',
  'BYTES=\uFFFD',
  'PATH=/tmp',
  'LD_PRELOAD=/tmp/x.so',
  'BASH_FUNC_x=1',
  'target=/',
  'classes=X',
]

for (const text of bad) {
  t.test(`${JSON.stringify(text.slice(0, 20))} is refused`, async t => {
    const { value, diagnostics } = parseVariable(text, origin)
    t.equal(value, undefined)
    t.match(diagnostics, [{ severity: 'error', code: 'bad-variable', origin }])
  })
}
