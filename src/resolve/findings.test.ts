import t from 'tap'
import { errorAt, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import { collectFindings, formatFinding, MAX_NAMED_HOSTS } from './findings.ts'

const at = (path: string): Origin => ({ kind: 'file', path })

t.test('a finding of many hosts is one, with the first of them', async t => {
  const findings = collectFindings()
  for (let host = 1; host <= 9; host++) findings.add([warningAt('syntax', 'odd', at('a'))], `web${host}`)
  const hosts = Array.from({ length: MAX_NAMED_HOSTS }, (_, index) => `web${index + 1}`)
  t.strictSame(findings.list(), [{ ...warningAt('syntax', 'odd', at('a')), hostCount: 9, hosts }])
})

t.test('one host counts once, and none where there is none', async t => {
  const findings = collectFindings()
  const shared = warningAt('syntax', 'odd', at('a'))
  findings.add([shared])
  t.strictSame(findings.list(), [shared])
  findings.add([shared, { ...shared }], 'web01')
  t.strictSame(findings.list(), [{ ...shared, hostCount: 1, hosts: ['web01'] }])
})

t.test('a cycle is the same from wherever it was entered', async t => {
  const findings = collectFindings()
  findings.add([errorAt('class-cycle', 'class cycle: A requires B requires A', at('a'), [at('b')])], 'web01')
  findings.add([errorAt('class-cycle', 'class cycle: B requires A requires B', at('b'), [at('a')])], 'web02')
  t.match(findings.list(), [{ hostCount: 2 }])
  t.equal(findings.list().length, 1)
})

t.test('for people: the diagnostic, then the hosts', async t => {
  const finding = warningAt('syntax', 'odd', at('a'))
  t.equal(formatFinding(finding), 'warning syntax: a: odd')
  t.equal(
    formatFinding({ ...finding, hostCount: 1, hosts: ['web01'] }),
    'warning syntax: a: odd\n  1 host: web01',
  )
  t.equal(
    formatFinding({ ...finding, hostCount: 7, hosts: ['web01', 'web02'] }),
    'warning syntax: a: odd\n  7 hosts: web01, web02 and 5 more',
  )
})
