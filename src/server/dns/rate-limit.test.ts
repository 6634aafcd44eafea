import t from 'tap'
import { networkOf, type RateVerdict, rateLimit } from './rate-limit.ts'

const NETWORK = 0xc00002
const count = (verdicts: readonly RateVerdict[], wanted: RateVerdict): number =>
  verdicts.filter(verdict => verdict === wanted).length

t.test('alike answers beyond the rate: every second one is truncated, the others are dropped', async t => {
  const limit = rateLimit(10, 1)
  const verdicts = Array.from({ length: 30 }, () => limit(NETWORK, 7, 1000))
  t.strictSame(verdicts.slice(0, 10), Array(10).fill('send'))
  t.strictSame(verdicts.slice(10, 14), ['drop', 'truncate', 'drop', 'truncate'])
  t.equal(count(verdicts, 'send'), 10)
})

t.test('with time there are as many more as the rate says, and never more than one second of it', async t => {
  const limit = rateLimit(10, 1)
  const at = (nowMs: number): number =>
    count(
      Array.from({ length: 30 }, () => limit(NETWORK, 7, nowMs)),
      'send',
    )
  t.strictSame([at(0), at(0), at(500), at(1000), at(60_000)], [10, 0, 5, 5, 10])
})

t.test('another answer, and another network, have a rate of their own', async t => {
  const limit = rateLimit(1, 1)
  t.equal(limit(NETWORK, 7, 0), 'send')
  t.equal(limit(NETWORK, 7, 0), 'drop')
  t.equal(limit(NETWORK, 8, 0), 'send')
  t.equal(limit(NETWORK + 1, 7, 0), 'send')
})

t.test('0 is no limit', async t => {
  const limit = rateLimit(0, 1)
  t.equal(
    count(
      Array.from({ length: 1000 }, () => limit(NETWORK, 7, 0)),
      'send',
    ),
    1000,
  )
})

t.test(
  'the table stays as large as it is: a million networks push each other out, not one that asks on',
  async t => {
    const limit = rateLimit(5, 1)
    for (let i = 0; i < 5; i++) limit(NETWORK, 7, 0)
    let sent = 0
    for (let other = 0; other < 1_000_000; other++) {
      limit(other + 0x1000000, 7, other / 1000)
      if (other % 1000 === 0 && limit(NETWORK, 7, other / 1000) === 'send') sent += 1
    }
    t.ok(sent < 20, `${sent} of 1000 in a second, the rate is 5`)
  },
)

const networks: Record<string, { one: string; other: string; isSame: boolean }> = {
  'one /24 of IPv4': { one: 'c0000201', other: 'c00002ff', isSame: true },
  'two of them': { one: 'c0000201', other: 'c0000301', isSame: false },
  'one /56 of IPv6': {
    one: '20010db8000000000000000000000001',
    other: '20010db8000000ff0000000000000001',
    isSame: true,
  },
  'two of them below one /48': {
    one: '20010db8000000000000000000000001',
    other: '20010db8000001000000000000000001',
    isSame: false,
  },
  'IPv4 in IPv6': {
    one: '00000000000000000000ffffc0000201',
    other: '00000000000000000000ffffc0000301',
    isSame: false,
  },
}
for (const [title, { one, other, isSame }] of Object.entries(networks)) {
  t.test(`${title}: ${isSame ? 'one' : 'two'}`, async t => {
    const [first, second] = [one, other].map(hex => {
      const octets = Buffer.from(`ffff${hex}`, 'hex')
      return networkOf(octets, 2, octets.length - 2)
    })
    t.equal(first === second, isSame)
  })
}
