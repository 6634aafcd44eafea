import fc from 'fast-check'
import t from 'tap'
import { holds } from '../testing/property.ts'
import { resolveSite, type Site, type SiteClass } from '../testing/site.ts'

const names = Array.from({ length: 12 }, (_, index) => `C${index}`)
const className = fc.constantFrom(...names)
const string = fc
  .tuple(
    fc.option(fc.integer({ min: 0, max: 65535 })),
    fc.uniqueArray(className, { minLength: 1, maxLength: 4 }),
  )
  .map(([weight, classes]) => [...(weight === null ? [] : [weight]), ...classes].join(' '))
const strings = fc.uniqueArray(string, { maxLength: 3 })

/** Definitions that only name classes of a higher number, so that no cycle is possible. */
const acyclic: fc.Arbitrary<Record<string, SiteClass>> = fc
  .tuple(
    ...names.map(() =>
      fc.tuple(fc.array(fc.nat(10), { maxLength: 3 }), fc.array(fc.nat(10), { maxLength: 2 })),
    ),
  )
  .map(all =>
    Object.fromEntries(
      all.map(([requires, after], index) => {
        const above = (steps: number[]): string[] =>
          steps.flatMap(step => names[index + 1 + step] ?? []).map((name, weight) => `${weight} ${name}`)
        return [names[index] as string, { requires: above(requires), after: above(after) }]
      }),
    ),
  )

const site: fc.Arbitrary<Site> = fc.record({
  places: fc.array(strings, { minLength: 1, maxLength: 4 }),
  classes: acyclic,
  facts: fc.uniqueArray(fc.constantFrom('EFI', 'KVM')),
})

t.test('a dependency stands before its dependent, each class once, implicit ones at the ends', async t => {
  holds(
    t,
    fc.property(site, given => {
      const list = resolveSite(given).value?.classes as readonly string[]
      if (new Set(list).size !== list.length) throw new Error('a class comes twice')
      if (list[0] !== 'DEFAULT' || list.at(-2) !== 'web01' || list.at(-1) !== 'LAST') throw new Error('ends')
      for (const [name, { requires = [], after = [] }] of Object.entries(given.classes ?? {})) {
        if (!list.includes(name)) continue
        for (const text of [...requires, ...after]) {
          const target = list.indexOf(text.split(' ')[1] as string)
          const isAfter = after.includes(text) && !requires.includes(text)
          if (target < 0 ? !isAfter : target > list.indexOf(name)) throw new Error(`${name} and ${text}`)
        }
      }
    }),
  )
})

t.test('the order in which records arrive changes nothing', async t => {
  holds(
    t,
    fc.property(site, fc.infiniteStream(fc.nat()), (given, random) => {
      const shuffled = <T>(items: readonly T[]): T[] =>
        items
          .map(item => ({ item, key: random.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ item }) => item)
      const classes = Object.fromEntries(shuffled(Object.entries(given.classes ?? {})))
      const other = { ...given, places: given.places.map(shuffled), classes }
      const [one, two] = [given, other].map(each => JSON.stringify(resolveSite(each).value?.classes))
      if (one !== two) throw new Error(`${one} and ${two}`)
    }),
  )
})

t.test('the list is a subset of what was asked for and what that requires', async t => {
  holds(
    t,
    fc.property(site, given => {
      const asked = new Set(
        given.places.flat().flatMap(text => text.split(' ').filter(word => /^C/.test(word))),
      )
      for (const name of asked) {
        for (const text of given.classes?.[name]?.requires ?? []) asked.add(text.split(' ')[1] as string)
      }
      const allowed = new Set([...asked, ...(given.facts ?? []), 'DEFAULT', 'web01', 'LAST'])
      const surplus = resolveSite(given).value?.classes.filter(name => !allowed.has(name))
      if (surplus?.length !== 0) throw new Error(`not asked for: ${surplus?.join(' ')}`)
    }),
  )
})
