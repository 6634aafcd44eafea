import t from 'tap'
import type { ClassName } from '../model/class-name.ts'
import { depsSource } from './deps.ts'
import { knownClassesIn, readCatalog } from './gather.ts'
import type { Source } from './source.ts'
import { zonefileSource } from './zone/zonefile-source.ts'

const { signal } = new AbortController()

t.test('a bare membership counts where its classes are known in any source, or are facts', async t => {
  const dir = t.testdir({
    class: { 'NGINX.deps': 'TLS\n' },
    'example.test.zone': [
      '@ 300 SOA a b 1 2 3 4 5',
      'web01 300 TXT "WEB nginx AMD64"',
      'web02 300 TXT "WEB NOSUCH"',
      'WEB._class 300 TXT "description=a web server"',
      '',
    ].join('\n'),
  })
  const sources: Source[] = []
  const knownClasses = knownClassesIn(() => sources, new Set(['AMD64']))
  const path = `${dir}/example.test.zone`
  const zone = zonefileSource({ zone: 'example.test', path, styles: ['bare'], knownClasses })
  sources.push(zone, depsSource(`${dir}/class`))
  const { value } = await zone.readWhole(signal)
  t.strictSame(
    value?.hosts.map(({ short }) => short),
    ['web01'],
  )
  t.strictSame(
    await knownClasses(['AMD64', 'amd64', 'Web', 'X'] as ClassName[], signal),
    new Set(['web', 'amd64']),
  )
})

t.test('definitions are read with one question a level, and no owner is asked for twice', async t => {
  const asked: (readonly string[])[] = []
  const source: Pick<Source, 'readClasses'> = {
    readClasses: async names => {
      asked.push(names)
      return []
    },
  }
  const levels: readonly (readonly ClassName[])[] = [['A', 'B'] as ClassName[], ['b', 'C'] as ClassName[]]
  const catalog = await readCatalog([source as Source], levels.values(), signal)
  t.strictSame(asked, [['A', 'B'], ['C']])
  t.strictSame([...catalog.keys()], ['a', 'b', 'c'])
})
