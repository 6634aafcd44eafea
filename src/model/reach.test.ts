import t from 'tap'
import { reach } from './reach.ts'

t.test('what nodes lead to, each once, a circle too', async t => {
  const edges: Record<string, string> = { a: 'bc', b: 'd', c: 'd', d: 'a', e: 'a' }
  const asked: string[] = []
  const reached = reach('a', node => {
    asked.push(node)
    return edges[node] ?? ''
  })
  t.equal([...reached].join(''), 'abcd')
  t.equal(asked.join(''), 'abcd')
})
