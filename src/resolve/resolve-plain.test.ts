import fc from 'fast-check'
import t from 'tap'
import { holds } from '../testing/property.ts'
import { assignmentOf, catalogOf, type Site, type SiteClass } from '../testing/site.ts'
import { resolveAny, resolveHost } from './resolve-host.ts'

// Mostly plain names, and all that makes a class not plain: other spellings, the host, implicit ones.
const plain = Array.from({ length: 10 }, (_, index) => `C${index}`)
const name = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...plain) },
  { weight: 1, arbitrary: fc.constantFrom('c1', 'web01', 'web02', 'DEFAULT', 'LAST') },
)
const string = fc
  .tuple(fc.nat(3), fc.array(name, { minLength: 1, maxLength: 3 }))
  .map(([weight, names]) => `${weight} ${names.join(' ')}`)
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: fc.array(arbitrary, { maxLength: 1 }) },
  )

/** Requirements lead to higher numbers, but for a few. */
const definition = (index: number): fc.Arbitrary<SiteClass> =>
  fc.record(
    {
      requires: fc
        .oneof(
          {
            weight: 9,
            arbitrary: fc.uniqueArray(
              fc.integer({ min: index + 1, max: 9 }).map(to => `${to} C${to}`),
              { maxLength: 3 },
            ),
          },
          { weight: 1, arbitrary: fc.array(string, { maxLength: 2 }) },
        )
        .map(texts => (index < 9 ? texts : [])),
      after: seldom(string),
      conflicts: seldom(string),
      variables: seldom(fc.constantFrom('A=1', 'B=2')),
    },
    { noNullPrototype: true },
  )

const site: fc.Arbitrary<Site> = fc
  .record({
    host: fc.constantFrom('web01', 'web02'),
    places: fc.array(
      fc.array(
        fc.oneof(
          string,
          string.map(text => text.replace(' ', ' -')),
        ),
        { maxLength: 2 },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    definitions: fc.tuple(...plain.slice(0, 9).map((_, index) => definition(index))),
    facts: fc.uniqueArray(fc.constantFrom('EFI', 'C3'), { maxLength: 1 }),
    added: fc.uniqueArray(fc.constantFrom('KVM', 'C4'), { maxLength: 1 }),
    unknownClass: fc.constantFrom('allow', 'warn', 'error'),
  })
  .map(({ definitions, unknownClass, ...rest }) => ({
    ...rest,
    options: { unknownClass: unknownClass as 'allow' | 'warn' | 'error' },
    classes: Object.fromEntries(definitions.map((each, index) => [`C${index}`, each])),
  }))

t.test('the short way says what the long way says, whatever was resolved before', async t => {
  holds(
    t,
    fc.property(site, fc.array(site, { maxLength: 2 }), (first, others) => {
      // One catalog for several hosts, so that what was kept for one is used for the next.
      const knowledge = {
        catalog: catalogOf(first),
        anyDefinition: true,
        configSpaceClasses: new Set<string>(),
      }
      for (const each of [first, ...others, first]) {
        const assignment = assignmentOf(each)
        const [short, long] = [resolveHost, resolveAny].map(way => {
          const { value, diagnostics } = way(assignment, knowledge)
          return JSON.stringify({ value, explanation: value?.explain(), diagnostics })
        })
        if (short !== long) throw new Error(`${short}\n${long}`)
      }
    }),
    { numRuns: 1500 },
  )
})

t.test('a chain too long for plain classes is still refused by its own name', async t => {
  const classes = Object.fromEntries(
    Array.from({ length: 3000 }, (_, index) => [`C${index}`, { requires: [`C${index + 1}`] }]),
  )
  const given: Site = { places: [['C2700']], classes }
  const knowledge = { catalog: catalogOf(given), anyDefinition: true, configSpaceClasses: new Set<string>() }
  const { diagnostics } = resolveHost(assignmentOf(given), knowledge)
  t.match(diagnostics, [{ code: 'dependency-too-deep' }])
  const { value } = resolveHost(assignmentOf({ ...given, places: [['C2900']] }), knowledge)
  t.equal(value?.classes.length, 104)
})
