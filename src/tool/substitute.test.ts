import t from 'tap'
import { substitute } from './substitute.ts'

const fill = (text: string, env: Record<string, string>) => {
  const { content, unknown } = substitute(Buffer.from(text), env)
  return { text: Buffer.from(content).toString(), unknown }
}

t.test('a variable becomes its value, an empty one nothing, whatever characters they hold', async t => {
  t.strictSame(fill('a {%A%}{%B%} {%A%}\n', { A: '$1 ü', B: '' }), { text: 'a $1 ü $1 ü\n', unknown: [] })
})

t.test('an unknown one becomes shell text and is told with its line', async t => {
  t.strictSame(fill('x\n{%NONE%}\n', {}), { text: `x\n$\{NONE}\n`, unknown: [{ name: 'NONE', line: 2 }] })
})

t.test('what is no name stays', async t => {
  const text = '{% A %} {%A-B%} {A} {%%}'
  t.strictSame(fill(text, { A: 'x' }), { text, unknown: [] })
})

t.test('bytes of any encoding stay as they are', async t => {
  const bytes = Uint8Array.from([0xff, 0x00, 0xe4, 0x0a])
  t.strictSame([...substitute(bytes, {}).content], [...bytes])
})
