import t from 'tap'
import { zonefileSource } from './zonefile-source.ts'

const { signal } = new AbortController()
const fixture = (name: string): string =>
  `${import.meta.dirname}/../../../fixtures/zone/${name}/example.test.zone`
const open = (path: string, more = {}) => zonefileSource({ zone: 'example.test', path, ...more })

t.test('every host and every definition, by name', async t => {
  const { value, diagnostics } = await open(fixture('conventions')).readWhole(signal)
  t.strictSame(
    value?.hosts.map(({ short, fqdn }) => `${short} ${fqdn?.replace('.example.test', '')}`),
    [
      'bare01 bare01',
      'big01 big01',
      'broken01 broken01',
      'mixed01 mixed01',
      'node1 node1.lab',
      'node2 node2',
      'node2 node2.lab',
      'ns1 ns1',
      'plan01 plan01',
      'real real.wild',
      'same same.wild',
      'shared01 shared01',
      'web01 web01',
    ],
  )
  t.strictSame(
    value?.definitions.map(({ name }) => name),
    ['CALM', 'ODD', 'PHP', 'WEB'],
  )
  t.strictSame(diagnostics, [])
})

t.test('each host of the list is known, and answers come from the same source', async t => {
  const source = open(fixture('conventions'))
  const { value } = await source.readWhole(signal)
  t.equal(value?.source, source)
  for (const host of value?.hosts ?? []) {
    t.match((await source.readHost(host, signal)).value, { known: true }, host.fqdn ?? '')
  }
})

t.test('a membership of a style that is not read makes no host', async t => {
  const { value } = await open(fixture('conventions'), { styles: ['underscore'] }).readWhole(signal)
  t.notOk(value?.hosts.some(({ short }) => short === 'plan01'))
  t.ok(value?.hosts.some(({ short }) => short === 'shared01'))
})

t.test('an owner below _class that is no class name is a warning', async t => {
  const dir = t.testdir({
    'example.test.zone': '@ 300 SOA a b 1 2 3 4 5\n42._class 300 TXT "requires=A"\n',
  })
  const { value, diagnostics } = await open(`${dir}/example.test.zone`).readWhole(signal)
  t.strictSame(value?.definitions, [])
  t.match(diagnostics, [{ severity: 'warning', code: 'name-invalid', origin: { line: 2 } }])
})

t.test('a zone with an error in it is nothing but its errors', async t => {
  const { value, diagnostics } = await open(fixture('syntax-errors')).readWhole(signal)
  t.equal(value, undefined)
  t.match(diagnostics[0], { severity: 'error', code: 'zone-syntax' })
})
