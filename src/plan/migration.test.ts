import t from 'tap'
import type { ClassName } from '../model/class-name.ts'
import { type MigrationInput, planMigration, requiresStrings } from './migration.ts'

const names = (text: string): ClassName[] => text.split(' ').filter(name => name !== '') as ClassName[]

const plan = (lists: Record<string, string>, over: Partial<MigrationInput> = {}) =>
  planMigration({
    hosts: Object.entries(lists).map(([host, list]) => ({ host, classes: names(list) })),
    facts: [],
    shareDefault: false,
    definitions: [],
    ...over,
  })

/** Lists of hosts; what is said of the domain, then of each host, where what all begin with is shared. */
const shared: Record<string, { lists: string[]; domain: string[]; hosts: string[][] }> = {
  'what all begin with': {
    lists: ['BASE DEBIAN WEB', 'BASE DEBIAN DB'],
    domain: ['BASE DEBIAN'],
    hosts: [['WEB'], ['DB']],
  },
  'one that has no more repeats the last, which makes it known': {
    lists: ['BASE DEBIAN', 'BASE DEBIAN DB'],
    domain: ['BASE DEBIAN'],
    hosts: [['DEBIAN'], ['DB']],
  },
  'the same list everywhere': {
    lists: ['BASE WEB', 'BASE WEB'],
    domain: ['BASE WEB'],
    hosts: [['WEB'], ['WEB']],
  },
  'a common class in another place is not shared': {
    lists: ['WEB BASE', 'DB BASE'],
    domain: [],
    hosts: [['WEB BASE'], ['DB BASE']],
  },
  'a host without classes': { lists: ['', 'BASE'], domain: [], hosts: [[], ['BASE']] },
  'no host': { lists: [], domain: [], hosts: [] },
}

for (const [name, { lists, domain, hosts }] of Object.entries(shared)) {
  t.test(name, async t => {
    const entries = lists.map((list, index) => [`host${index}`, list] as const)
    const migration = plan(Object.fromEntries(entries), { shareDefault: true })
    t.strictSame(migration.domain, domain)
    t.strictSame(
      migration.hosts.map(({ memberships }) => memberships),
      hosts,
    )
  })
}

t.test('unless asked for, nothing is shared', async t => {
  t.strictSame(plan({ web01: 'BASE WEB', db01: 'BASE DB' }), {
    domain: [],
    hosts: [
      { host: 'web01', memberships: ['BASE WEB'] },
      { host: 'db01', memberships: ['BASE DB'] },
    ],
    definitions: [],
  })
})

t.test('facts are not written down, and do not part what is shared', async t => {
  const migration = plan(
    { web01: 'AMD64 BASE WEB', db01: 'BASE DB' },
    { facts: names('AMD64'), shareDefault: true },
  )
  t.match(migration, { domain: ['BASE'], hosts: [{ memberships: ['WEB'] }, { memberships: ['DB'] }] })
})

t.test('a long list is several strings of one TXT string each, in order by their weights', async t => {
  const list = Array.from({ length: 30 }, (_, index) => `CLASS_${'X'.repeat(40)}_${index}`)
  for (const strings of [
    requiresStrings(list),
    plan({ web01: list.join(' ') }).hosts[0]?.memberships ?? [],
  ]) {
    t.ok(strings.every(text => `requires=${text}`.length <= 255))
    t.strictSame(
      strings.map(text => text.split(' ')[0]),
      ['10', '20', '30', '40', '50', '60', '70', '80'],
    )
    t.strictSame(
      strings.flatMap(text => text.split(' ').slice(1)),
      list,
    )
  }
})

t.test('a list that fits one string to the last octet has no weight', async t => {
  const list = ['A'.repeat(60), 'B'.repeat(60), 'C'.repeat(60), 'D'.repeat(57)]
  t.strictSame(requiresStrings(list), [list.join(' ')])
  t.strictSame(requiresStrings([...list.slice(0, 3), 'D'.repeat(58)]), [
    `10 ${list.slice(0, 3).join(' ')}`,
    `20 ${'D'.repeat(58)}`,
  ])
  t.strictSame(requiresStrings([]), [])
})

t.test('of classes is said what there is to say', async t => {
  const said = { name: 'WEB', requires: ['NGINX'], variables: [], notes: [] }
  const noted = { name: 'DB', requires: [], variables: [], notes: ['DB.var:1: A is computed'] }
  const silent = { name: 'BASE', requires: [], variables: [], notes: [] }
  t.strictSame(plan({}, { definitions: [said, silent, noted] }).definitions, [said, noted])
})
