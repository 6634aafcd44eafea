import t from 'tap'
import type { ClassName } from '../model/class-name.ts'
import { lookupObject } from './lookup-output.ts'
import { siteOfNobody, siteOfOrder } from './netboot-site.ts'

const host = { short: 'web01', fqdn: undefined }
const facts = ['AMD64'] as unknown as readonly ClassName[]
const added = ['TEST'] as unknown as readonly ClassName[]
const origin = { kind: 'record', zone: 'example.test', owner: '_fai.web01', type: 'TXT' }

const order = (more: object = {}): object => ({
  lookup: {
    host: 'web01',
    fqdn: 'web01.example.test',
    classes: ['DEFAULT', 'AMD64', 'WEB', 'web01', 'LAST'],
    because: [{ class: 'WEB', by: [{ kind: 'seed', origin }] }],
    notTaken: [],
    variables: { TIMEZONE: { value: 'UTC', origin } },
    sources: [{ name: 'zonefile example.test.zone', state: 'file' }],
    diagnostics: [],
  },
  addresses: ['192.0.2.11'],
  reportKey: 'key',
  ...more,
})

/** The site of an order, what it was asked for, and what it kept. */
const openSite = (answer: unknown) => {
  const asked: (readonly ClassName[])[] = []
  const keys: string[] = []
  const site = siteOfOrder({
    host,
    order: async given => {
      asked.push(given)
      return answer
    },
    keepSecret: () => '/run/key',
    onOrder: ({ reportKey }) => keys.push(reportKey),
  })
  return { site, asked, keys }
}

t.test('the list is the one of the order, with why', async t => {
  const { site, asked, keys } = openSite(order())
  t.match(site.identify(), { host, resolved: undefined, diagnostics: [] })
  t.strictSame(asked, [], 'before class scripts nothing is asked, for the token is spent by it')
  const answer = await site.lookUp(facts, added)
  t.strictSame(asked, [['AMD64', 'TEST']])
  t.strictSame(keys, ['key'])
  t.match(answer, { host: { short: 'web01', fqdn: 'web01.example.test' }, addresses: ['192.0.2.11'] })
  t.strictSame(lookupObject(answer, 'web01', true), (order() as { lookup: object }).lookup)
})

t.test('how it is registered is known with the order', async t => {
  const tsig = { name: 'key', algorithm: 'hmac-sha256', secret: 'b25l' }
  const { site } = openSite(order({ register: { zone: 'example.test', tsig } }))
  t.equal(site.config.register, undefined)
  await site.lookUp(facts, [])
  t.match(site.config.register, { zone: 'example.test', tsig: { secretFile: '/run/key' } })
})

t.test('what is no order ends the installation', async t => {
  await t.rejects(openSite({}).site.lookUp([], []), { message: /^the order of the boot server: lookup: / })
  await t.rejects(openSite(order({ register: { zone: 1 } })).site.lookUp([], []), { message: /register/ })
})

t.test('without a server a list is what the machine reports', async t => {
  const answer = await siteOfNobody(host).lookUp(facts, added)
  t.strictSame(answer.resolved?.classes, ['DEFAULT', 'AMD64', 'TEST', 'web01', 'LAST'])
})
