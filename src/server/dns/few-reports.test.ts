import t from 'tap'
import { fewReports } from './few-reports.ts'

t.test('so many lines a second; the next one says how many were left out', async t => {
  let nowMs = 0
  const texts: string[] = []
  const report = fewReports(
    ({ text }) => texts.push(text),
    2,
    () => nowMs,
  )
  const tell = (text: string): void =>
    report({ protocol: 'dns', client: '192.0.2.1', request: 'TXT', outcome: 'refused', text })
  for (const text of ['a', 'b', 'c', 'd']) tell(text)
  nowMs = 999
  tell('e')
  nowMs = 1000
  tell('f')
  tell('g')
  t.strictSame(texts, ['a', 'b', 'f (3 more lines left out)', 'g'])
})
