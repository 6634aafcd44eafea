import t from 'tap'
import { resolveSite } from '../testing/site.ts'
import { withoutImplicit } from './resolve-host.ts'

const site = {
  places: [['BASE'], ['WEB NGINX -BASE', '2000 [TEST] EXTRA']],
  facts: ['EFI'],
  added: ['DEMO'],
  classes: {
    WEB: { requires: ['NGINX', '2000 [TEST] DEBUG'], variables: ['PORT=80', 'NAME=class'] },
    EFI: { requires: ['GRUB_EFI'] },
    DEFAULT: { variables: ['PORT=1', 'ZONE=all'] },
    web01: { variables: ['NAME=host'] },
    LAST: { variables: ['END=yes'] },
  },
  variables: [['NAME=domain', 'SITE=berlin'], ['SITE=room']],
} as const

t.test('each class says why it is there, a direct reason before a dependency', async t => {
  const { value } = resolveSite(site)
  const reasons = value
    ?.explain()
    .because.map(({ class: name, by }) => [name, ...by.map(({ kind }) => kind)].join(' '))
  t.strictSame(reasons, [
    'DEFAULT implicit',
    'GRUB_EFI requires',
    'EFI fact',
    'NGINX seed requires',
    'WEB seed',
    'DEMO caller',
    'web01 implicit',
    'LAST implicit',
  ])
})

t.test('what was asked for and did not get in stands in notTaken with its reason', async t => {
  const { value } = resolveSite(site)
  t.match(value?.explain().notTaken, [
    { class: 'BASE', reason: 'removed', origin: { dn: 'cn=place 0' }, removedAt: { dn: 'cn=host' } },
    { class: 'EXTRA', reason: 'condition', condition: 'TEST' },
    { class: 'DEBUG', reason: 'condition', by: 'WEB' },
  ])
})

t.test('a class asked for often and taken away is in notTaken once for each asking', async t => {
  const { value } = resolveSite({ places: [['A'], ['A'], ['-A']] })
  t.strictSame(
    value?.explain().notTaken.map(({ class: name, origin }) => [name, (origin as { dn: string }).dn]),
    [
      ['A', 'cn=place 0'],
      ['A', 'cn=place 1'],
    ],
  )
})

t.test('later variables win: classes, places, host class, LAST', async t => {
  const { value } = resolveSite(site)
  const texts = Object.entries(value?.variables ?? {}).map(([name, { value: text, class: by, place }]) =>
    [name, text, by ?? place].join(' '),
  )
  t.strictSame(texts, [
    'END yes LAST',
    'NAME host web01',
    'PORT 80 WEB',
    'SITE room host',
    'ZONE all DEFAULT',
  ])
})

t.test(
  'without implicit classes neither those nor facts are left, even where something requires them',
  async t => {
    const { value } = resolveSite({ ...site, classes: { ...site.classes, NGINX: { requires: ['EFI'] } } })
    t.strictSame(value && withoutImplicit(value), ['GRUB_EFI', 'NGINX', 'WEB', 'DEMO'])
  },
)
