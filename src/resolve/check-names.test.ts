import t from 'tap'
import type { Origin } from '../diagnostic/diagnostic.ts'
import type { ClassName } from '../model/class-name.ts'
import { catalogOf, type SiteClass } from '../testing/site.ts'
import { collectSpellings, findUnknownNamed } from './check-names.ts'
import { definitionLinks } from './definition-links.ts'

const CLASSES: Record<string, SiteClass> = {
  WEB: { requires: ['NGIX', '[TEST] PHP'], after: ['SITE'], conflicts: ['DISKLESS'] },
  NGINX: {},
}

const unknown = (unknownClass: 'allow' | 'warn' | 'error', anyDefinition = true): readonly string[] => {
  const catalog = catalogOf({ places: [], classes: CLASSES })
  const knowledge = { catalog, anyDefinition, configSpaceClasses: new Set(['SITE']) }
  return findUnknownNamed(definitionLinks(catalog), knowledge, { unknownClass }).map(
    ({ severity, message }) => `${severity}: ${message}`,
  )
}

t.test('classes that are named and known nowhere, the nearest name beside them', async t => {
  t.strictSame(unknown('error'), [
    'error: class "NGIX" is defined nowhere (nearest known name: "NGINX")',
    'error: class "PHP" is defined nowhere',
    'warning: class "DISKLESS" is defined nowhere',
  ])
  t.match(unknown('warn')[0], /^warning: class "NGIX"/)
})

t.test('the check is off where it is not wanted or nothing is defined', async t => {
  t.strictSame(unknown('allow'), [])
  t.strictSame(unknown('error', false), [])
})

const at = (path: string): Origin => ({ kind: 'file', path })
const spelling = (name: string, path: string) => ({ name: name as ClassName, origin: at(path) })

t.test('one class in several spellings', async t => {
  const spellings = collectSpellings()
  spellings.add([spelling('WEB', 'a'), spelling('Web', 'b'), spelling('Web', 'c'), spelling('DB', 'd')])
  spellings.add([spelling('MAIL', 'e'), spelling('mail', 'f')])
  const hosts = new Set(['mail'])
  const message = 'class "Web" is spelled "WEB" elsewhere, though no host reads both'
  t.strictSame(spellings.warnings(hosts, new Set()), [
    { severity: 'warning', code: 'class-case', message, origin: at('b'), related: [at('a')] },
  ])
  t.strictSame(spellings.warnings(hosts, new Set(['web'])), [])
  t.strictSame(spellings.folded(hosts), ['web', 'db', 'mail'])
})
