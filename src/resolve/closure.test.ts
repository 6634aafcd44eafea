import t from 'tap'
import type { ClassDefinition } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import { assignmentOf, catalogOf, codesOf, resolveSite, type Site } from '../testing/site.ts'
import { MAX_CLASSES } from './bounds.ts'
import { classesToRead } from './closure.ts'

/** What a source would be asked, level by level, and how often a definition was looked at. */
const readLevels = (
  site: Site,
): { readonly levels: readonly (readonly ClassName[])[]; readonly looks: number } => {
  const all = catalogOf(site)
  const catalog = new Map<string, readonly ClassDefinition[]>()
  let looks = 0
  const counted = new Proxy(catalog, {
    get: (target, key) => {
      if (key === 'get') looks++
      const value = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const levels: (readonly ClassName[])[] = []
  const asking = classesToRead(assignmentOf(site))
  for (let step = asking.next(counted); step.done !== true; step = asking.next(counted)) {
    levels.push(step.value)
    for (const name of step.value) catalog.set(name.toLowerCase(), all.get(name.toLowerCase()) ?? [])
  }
  return { levels, looks }
}

const numbered = (count: number, prefix: string): string =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`).join(' ')

t.test('each level is what the one before names and none before it', async t => {
  const { levels } = readLevels({
    places: [['WEB DB', 'BASE']],
    classes: {
      WEB: { requires: ['NGINX DB'] },
      DB: { requires: ['[X] NO', 'NGINX'] },
      NGINX: { requires: ['TLS'] },
    },
  })
  t.strictSame(levels, [['DEFAULT', 'BASE', 'WEB', 'DB', 'web01', 'LAST'], ['NGINX'], ['TLS']])
})

t.test(
  'a class beside a host class of other case is followed, though its owner was read already',
  async t => {
    const { levels } = readLevels({
      places: [['A']],
      classes: { A: { requires: ['WEB01'] }, WEB01: { requires: ['B'] } },
    })
    t.strictSame(levels.slice(1), [['WEB01'], ['B']])
  },
)

t.test('one definition that names more classes than the bound: none of them is asked for', async t => {
  const site: Site = { places: [['A']], classes: { A: { requires: [numbered(32_000, 'S')] } } }
  t.strictSame(readLevels(site).levels, [['DEFAULT', 'A', 'web01', 'LAST']])
  t.strictSame(codesOf(resolveSite(site).diagnostics), ['too-many-classes'])
})

t.test('the bound counts the classes of all levels, and one of exactly that many is asked for', async t => {
  const half = MAX_CLASSES / 2
  const site = (more: number): Site => ({
    places: [['A']],
    classes: { A: { requires: [numbered(half, 'S')] }, S0: { requires: [numbered(half - 1 + more, 'T')] } },
  })
  t.equal(readLevels(site(0)).levels.flat().length, MAX_CLASSES + 3)
  t.equal(resolveSite(site(0)).value?.classes.length, MAX_CLASSES + 3)
  t.equal(readLevels(site(1)).levels.flat().length, 1 + half + 3)
  t.strictSame(codesOf(resolveSite(site(1)).diagnostics), ['too-many-classes'])
})

t.test('more memberships than the bound on classes: nothing is asked for but implicit classes', async t => {
  const { levels } = readLevels({ places: [[numbered(MAX_CLASSES + 1, 'S')]] })
  t.strictSame(levels, [['DEFAULT', 'web01', 'LAST']])
})

t.test('a chain costs one look at each definition, however many levels it has', async t => {
  const chain = Array.from({ length: 256 }, (_, index) => [`C${index}`, { requires: [`C${index + 1}`] }])
  const { levels, looks } = readLevels({ places: [['C0']], classes: Object.fromEntries(chain) })
  t.equal(levels.length, 257)
  t.ok(looks <= 257, `${looks} looks`)
})
