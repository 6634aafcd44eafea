import t from 'tap'
import { parseInstallOrder, parseOrderedRegister } from './install-order.ts'

const lookup = {
  host: 'web01',
  fqdn: 'web01.example.test',
  classes: ['DEFAULT', 'BASE', 'LAST'],
  because: [],
  notTaken: [],
  variables: { TIMEZONE: { value: 'UTC', class: 'BASE', origin: { kind: 'option', option: 'x' } } },
  sources: [],
  diagnostics: [],
}
const order = { lookup, addresses: ['192.0.2.11'], reportKey: 'key' }

t.test('an order is taken as it is', async t => {
  t.strictSame(parseInstallOrder(order), order)
})

t.test('what is not one is named', async t => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /^the whole: /],
    [{ ...order, reportKey: '' }, /^reportKey: /],
    [{ ...order, lookup: { ...lookup, classes: ['A B'] } }, /^lookup\.classes\.0: is no class name/],
    [{ ...order, lookup: { ...lookup, classes: undefined } }, /^lookup\.classes: /],
    [{ ...order, lookup: { ...lookup, variables: { A: 'b' } } }, /^lookup\.variables\.A: /],
  ]
  for (const [value, message] of wrong) t.match(parseInstallOrder(value), message)
})

const tsig = { name: 'dhcp-key', algorithm: 'hmac-sha256' }

t.test('each secret is kept in a file, at any depth', async t => {
  const kept: string[] = []
  const register = parseOrderedRegister(
    {
      zone: 'example.test',
      tsig: { ...tsig, secret: 'b25l' },
      reverse: [
        '2.0.192.in-addr.arpa',
        { zone: '8.b.d.0.1.0.0.2.ip6.arpa', tsig: { ...tsig, secret: 'dHdv' } },
      ],
    },
    secret => `/run/key-${kept.push(secret)}`,
  )
  t.strictSame(kept, ['b25l', 'dHdv'])
  t.strictSame(register?.tsig, { ...tsig, secretFile: '/run/key-1' })
  t.match(register?.reverse?.[1], { tsig: { secretFile: '/run/key-2' } })
  t.equal(register?.ttlSeconds, 300, 'with the defaults of the configuration')
})

t.test('settings of a registration that the configuration would not take are none', async t => {
  t.equal(parseOrderedRegister({ zone: 1 }, String), undefined)
  t.equal(parseOrderedRegister({ zone: 'example.test', other: 1 }, String), undefined)
})
